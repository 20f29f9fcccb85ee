// Where the tablet is, asked once at arrival and once at the finish; no answer is no harm.
const PATIENCE_MS = 5_000;

export function position() {
  return new Promise((done) => {
    if (!navigator.geolocation) {
      done(null);
      return;
    }
    const giveUp = setTimeout(() => done(null), PATIENCE_MS + 500); // an unanswered question of permission
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        clearTimeout(giveUp);
        done({
          lat: Math.round(coords.latitude * 1e6) / 1e6,
          lon: Math.round(coords.longitude * 1e6) / 1e6,
          accuracy_m: Math.round(coords.accuracy),
        });
      },
      () => {
        clearTimeout(giveUp);
        done(null);
      },
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 30_000 },
    );
  });
}

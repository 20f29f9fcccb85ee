// The first script of the page, and no module: it says so when one of the app's modules does not arrive or does not run.
(() => {
  const WORDS = "Aplikasi tidak bisa dibuka: ada bagiannya yang tidak sampai atau rusak. Yang sudah tersimpan tetap ada di tablet. Muat ulang saat ada sinyal; bila tetap begini, hubungi koordinator.";

  function say() {
    const main = document.getElementById("app");
    if (!main || document.documentElement.dataset.started) return;
    const [title, text, again] = ["h1", "p", "button"].map((tag) => document.createElement(tag));
    title.textContent = "Aplikasi belum terbuka";
    text.textContent = WORDS;
    again.textContent = "Muat ulang";
    again.className = "button primary";
    again.type = "button";
    again.addEventListener("click", () => location.reload());
    const box = document.createElement("div");
    box.className = "narrow";
    box.id = "not-started";
    box.setAttribute("role", "alert");
    box.append(title, text, again);
    main.replaceChildren(box);
  }

  addEventListener(
    "error",
    ({ target, error }) => {
      if (!error && target?.tagName !== "SCRIPT") return;
      if (document.readyState === "loading") addEventListener("DOMContentLoaded", say);
      else say();
    },
    true,
  );
})();

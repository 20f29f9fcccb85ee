"""What a family was told: its published visit, the interval of arrival, promises, telephones."""

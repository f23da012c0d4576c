// Runs before anything is shown, so that nothing is shown in the wrong colours first.
document.documentElement.dataset.theme = localStorage.getItem('gapless-theme') ?? 'system';

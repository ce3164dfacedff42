// Before the first paint: tells the stylesheet that scripts run, so that nothing jumps later.
document.documentElement.classList.add("js");

/* Comforts for readers; every page works without them. */
"use strict";
(() => {
  const words = /*words*/ {};
  const root = new URL(".", document.currentScript.src);
  const page = document.documentElement;
  const key = (name) => `broadsheet ${root.pathname} ${name}`;
  const load = (name, otherwise) => {
    try { return JSON.parse(localStorage.getItem(key(name))) ?? otherwise; } catch { return otherwise; }
  };
  const store = (name, value) => {
    try { localStorage.setItem(key(name), JSON.stringify(value)); } catch { /* a full or forbidden store costs only the marks */ }
  };

  /* Colours, before anything is painted */
  const schemes = ["auto", "light", "dark"];
  const applyScheme = (scheme) => {
    if (scheme === "auto") delete page.dataset.scheme;
    else page.dataset.scheme = scheme;
  };
  let scheme = load("scheme", "auto");
  applyScheme(schemes.includes(scheme) ? scheme : (scheme = "auto"));

  const make = (tag, attributes = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  document.addEventListener("DOMContentLoaded", () => {
    const article = document.querySelector("article[data-a]");
    let rows = all(".row[data-a]");

    /* Manifest: not from a disk, where browsers complain about it */
    if (location.protocol.startsWith("http")) {
      document.head.append(make("link", { rel: "manifest", href: new URL("site.webmanifest", root).pathname }));
    }

    /* Read and saved marks */
    const read = load("read", []);
    const saved = load("saved", {});
    if (article && !read.includes(article.dataset.a)) {
      read.push(article.dataset.a);
      store("read", read.slice(-5000));
    }
    const mark = () => {
      const seen = new Set(read);
      for (const row of rows) {
        row.classList.toggle("read", seen.has(row.dataset.a));
        row.classList.toggle("saved", row.dataset.a in saved);
      }
    };
    let star;
    const paintStar = () => {
      if (!star) return;
      const on = article.dataset.a in saved;
      star.setAttribute("aria-pressed", on);
      star.textContent = on ? `★ ${words.is_saved}` : `☆ ${words.save}`;
    };
    const toggleSaved = (id, title, source, lang) => {
      if (id in saved) delete saved[id];
      else saved[id] = { title, source, lang, at: Date.now() };
      store("saved", saved);
      mark();
      paintStar();
    };
    const saveHere = () => toggleSaved(
      article.dataset.a,
      article.querySelector("h1").textContent,
      article.querySelector(".src")?.textContent ?? "",
      article.lang,
    );
    if (article) {
      star = make("button", { class: "star", type: "button" });
      star.addEventListener("click", saveHere);
      article.querySelector(".from").append(" ", star);
      paintStar();
    }

    const shelf = document.getElementById("saved");
    if (shelf) {
      const kept = Object.entries(saved).sort((one, other) => other[1].at - one[1].at);
      for (const [id, what] of kept) {
        const link = make("a", { class: "h", href: new URL(`a/${encodeURIComponent(id)}.html`, root).href }, what.title);
        if (what.lang) link.lang = what.lang;
        const source = make("span", { class: "src" }, what.source);
        shelf.append(make("li", { class: "row", "data-a": id }, make("h2", {}, link), make("p", { class: "by" }, source)));
      }
      document.getElementById("none").hidden = kept.length > 0;
      rows = all(".row[data-a]");
    }
    mark();

    /* Relative times over absolute ones, for what is at most a day old */
    const since = new Intl.RelativeTimeFormat(page.lang || "en", { numeric: "auto", style: "short" });
    for (const time of all("time[datetime*='T']")) {
      const minutes = Math.round((new Date(time.dateTime) - Date.now()) / 60000);
      if (minutes > 0 || minutes <= -24 * 60) continue;
      const absolute = time.textContent;
      time.textContent = minutes > -60 ? since.format(minutes, "minute") : since.format(Math.round(minutes / 60), "hour");
      time.title = absolute;
    }

    /* Videos on a click, pictures large on a click */
    document.addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const video = event.target.closest("a.video[data-player]");
      if (video) {
        event.preventDefault();
        const player = make("iframe", {
          class: "player", src: video.dataset.player, title: video.textContent.trim(),
          allow: "fullscreen; picture-in-picture; encrypted-media", referrerpolicy: "strict-origin-when-cross-origin",
        });
        video.replaceWith(player);
        player.focus();
        return;
      }
      const image = event.target;
      if (image.matches(".text img, .leadpic img") && !image.closest("a") && image.naturalWidth > image.clientWidth * 1.2) {
        const box = make("dialog", { class: "big" }, make("img", { src: image.src, alt: image.alt }));
        box.addEventListener("click", () => box.close());
        box.addEventListener("close", () => box.remove());
        document.body.append(box);
        box.showModal();
      }
    });
    for (const image of all("main img")) {
      const failed = () => {
        const gone = image.closest(".pic");
        if (gone) gone.hidden = true;
        else image.replaceWith(make("span", { class: "missing" }, image.alt || "—"));
      };
      if (image.complete && !image.naturalWidth && image.loading !== "lazy") failed();
      else image.addEventListener("error", failed, { once: true });
    }

    for (const box of all(".text pre, .text table")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }

    /* What the foot of the page offers beside links */
    const foot = document.querySelector(".foot nav");
    const colours = make("button", { type: "button" });
    const nameColours = () => { colours.textContent = words.scheme.replace("{choice}", words[`scheme_${scheme}`]); };
    colours.addEventListener("click", () => {
      scheme = schemes[(schemes.indexOf(scheme) + 1) % schemes.length];
      applyScheme(scheme);
      store("scheme", scheme);
      nameColours();
    });
    nameColours();
    const helper = make("button", { type: "button" }, words.help);
    foot.append(colours, helper);

    /* Keyboard */
    const keys = [
      ["j / k", words.key_move], ["o", words.key_open], ["s", words.key_save], ["/", words.key_filter],
      ["g h", words.key_home], ["g a", words.key_archive], ["g s", words.key_sources], ["g f", words.key_saved],
      ["?", words.key_help],
    ];
    const help = () => {
      const list = make("dl");
      for (const [name, meaning] of keys) list.append(make("dt", {}, make("kbd", {}, name)), make("dd", {}, meaning));
      const close = make("button", { type: "button", autofocus: "" }, words.close);
      const box = make("dialog", { "aria-label": words.help }, make("h2", {}, words.help), list, close);
      close.addEventListener("click", () => box.close());
      box.addEventListener("close", () => box.remove());
      document.body.append(box);
      box.showModal();
    };
    helper.addEventListener("click", help);

    let at = -1;
    const shown = () => rows.filter((row) => row.offsetParent);
    const move = (step) => {
      if (article) {
        document.querySelector(`.beside a[rel="${step > 0 ? "prev" : "next"}"]`)?.click();
        return;
      }
      const list = shown();
      if (!list.length) return;
      const before = list.indexOf(rows[at]);
      const next = list[Math.min(list.length - 1, Math.max(0, before + step))];
      rows[at]?.classList.remove("here");
      at = rows.indexOf(next);
      next.classList.add("here");
      next.querySelector(".h").focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    };
    const open = () => (article ? article.querySelector(".orig") : rows[at]?.querySelector(".h"))?.click();
    const save = () => {
      if (article) saveHere();
      else if (rows[at]) {
        const link = rows[at].querySelector(".h");
        toggleSaved(rows[at].dataset.a, link.textContent, rows[at].querySelector(".src")?.textContent ?? "", link.lang);
      }
    };
    const filter = () => {
      if (!rows.length) return false;
      let box = document.querySelector(".filter");
      if (!box) {
        const input = make("input", { type: "search", placeholder: words.filter, "aria-label": words.filter });
        const none = make("p", { class: "by", role: "status", hidden: "" }, words.filter_none);
        box = make("div", { class: "filter" }, input, none);
        input.addEventListener("input", () => {
          const wanted = input.value.trim().toLocaleLowerCase();
          for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
          for (const day of all(".day")) day.hidden = !day.querySelector(".row:not([hidden])");
          none.hidden = shown().length > 0;
        });
        input.addEventListener("keydown", (event) => {
          if (event.key === "Escape") {
            input.value = "";
            input.dispatchEvent(new Event("input"));
            box.remove();
          } else if (event.key === "Enter") {
            at = -1;
            move(1);
          }
        });
        document.querySelector("main").prepend(box);
      }
      box.firstChild.focus();
      return true;
    };
    const places = { h: "index.html", a: "archive/index.html", s: "sources.html", f: "saved.html" };
    let going = 0;
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.closest("input, textarea, select, dialog, audio, video")) return;
      if (Date.now() - going < 1000 && event.key in places) {
        going = 0;
        event.preventDefault();
        location.href = new URL(places[event.key], root).href;
        return;
      }
      going = 0;
      if (event.key === "j") move(1);
      else if (event.key === "k") move(-1);
      else if (event.key === "o") open();
      else if (event.key === "s") save();
      else if (event.key === "g") going = Date.now();
      else if (event.key === "?") help();
      else if (event.key === "/") { if (filter()) event.preventDefault(); }
    });
  });
})();

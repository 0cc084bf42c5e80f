// Builds what the pages load: one stylesheet, the scripts, the fonts and the icon sprite, under fixed names.
// Django's static files storage adds the hash of the content, so that nothing here needs a manifest.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;

/** The icons of src/icons.json from the icon package, and our own marks, as symbols of one file. */
function sprite() {
  return {
    name: "sprite",
    buildStart() {
      this.addWatchFile(resolve(here, "src/icons.json"));
      this.addWatchFile(resolve(here, "src/marks.svg"));
    },
    generateBundle() {
      const names = JSON.parse(readFileSync(resolve(here, "src/icons.json"), "utf-8"));
      const symbols = names.map((name) => {
        const svg = readFileSync(resolve(here, `node_modules/lucide-static/icons/${name}.svg`), "utf-8");
        const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
        const shape = inner.replace(/\s+/g, " ").trim();
        return (
          `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
          `stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shape}</symbol>`
        );
      });
      const marks = readFileSync(resolve(here, "src/marks.svg"), "utf-8");
      const own = marks.slice(marks.indexOf("<symbol"), marks.lastIndexOf("</svg>"));
      const source = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n${own}</svg>\n`;
      this.emitFile({ type: "asset", fileName: "icons.svg", source });
    },
  };
}

export default defineConfig({
  base: "./",
  publicDir: resolve(here, "public"),
  plugins: [sprite()],
  css: {
    transformer: "lightningcss",
    // Chrome 109 is the last one of Windows 7, which commune offices still use.
    lightningcss: { targets: { chrome: 109 << 16, firefox: 115 << 16, safari: (15 << 16) | (6 << 8) } },
  },
  build: {
    outDir: resolve(here, "../src/giamngheo/web/static/dist"),
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content policy loads fonts from our own address only
    target: "chrome109",
    rollupOptions: {
      input: {
        main: resolve(here, "src/main.js"),
        theme: resolve(here, "src/theme.js"),
        style: resolve(here, "src/style.css"),
        verify: resolve(here, "src/verify.js"),
        "verify-worker": resolve(here, "src/verify-worker.js"),
      },
      output: {
        entryFileNames: "[name].js",
        assetFileNames: ({ names }) => (/\.woff2$/.test(names[0] ?? "") ? "fonts/[name][extname]" : "[name][extname]"),
      },
    },
  },
});

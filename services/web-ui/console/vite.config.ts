import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

/** Where `npm run console -- --watch` finds the API. */
const api = process.env["MUTT_URL"] ?? "http://127.0.0.1:8090"

export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  plugins: [react()],
  server: { proxy: { "/api": api, "/openapi.json": api } },
  build: {
    target: "es2023",
    assetsDir: "assets",
    // A data: address would need a wider policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700
  },
  worker: { format: "es" }
})

import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';

/** Two entries: the page, and `embed.js`, whose name stays the same because hosts write it into their own pages. */
export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page takes no `data:` URLs.
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // Addresses of chunks are the page's own: a page of somebody else would look for them at its own origin.
      resolveDependencies: (_file, chunks, { hostType }) => (hostType === 'html' ? chunks : []),
    },
    rollupOptions: {
      input: { page: 'web/index.html', embed: 'web/embed/embed.tsx' },
      output: { entryFileNames: ({ name }) => (name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js') },
      preserveEntrySignatures: 'allow-extension',
    },
  },
  plugins: [
    compression({ algorithms: ['gzip', 'brotliCompress'], threshold: 1000, skipIfLargerOrEqual: true }),
  ],
});

// How the panel is built: SvelteKit on Node, Tailwind for its looks. SvelteKit 3 is configured here alone.
import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [tailwindcss(), sveltekit({ adapter: adapter({ out: 'build', envPrefix: 'PANEL_' }) })],
});

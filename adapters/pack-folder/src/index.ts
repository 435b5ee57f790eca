/** PackStore port on a folder. */
export { openPackFolder, type PackFolder } from './open-pack-folder.ts';

import { de } from './de.js';
import { en } from './en.js';
import { fr } from './fr.js';
import type { Locale, Texts } from './texts.js';

/** The words of every language the shop speaks. */
export const texts: Readonly<Record<Locale, Texts>> = { de, en, fr };

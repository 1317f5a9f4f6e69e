/** Names of the glyphs from code 0x20 on, `-` where there is none. Source: PDF 32000-1, annex D.2, WinAnsiEncoding. */
const names = `space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma hyphen period slash
  zero one two three four five six seven eight nine colon semicolon less equal greater question
  at A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum underscore
  grave a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft bar braceright asciitilde -
  Euro - quotesinglbase florin quotedblbase ellipsis dagger daggerdbl circumflex perthousand Scaron guilsinglleft OE - Zcaron -
  - quoteleft quoteright quotedblleft quotedblright bullet endash emdash tilde trademark scaron guilsinglright oe - zcaron Ydieresis
  space exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine guillemotleft logicalnot hyphen registered macron
  degree plusminus twosuperior threesuperior acute mu paragraph periodcentered cedilla onesuperior ordmasculine guillemotright onequarter onehalf threequarters questiondown
  Agrave Aacute Acircumflex Atilde Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex Idieresis
  Eth Ntilde Ograve Oacute Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls
  agrave aacute acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex edieresis igrave iacute icircumflex idieresis
  eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash ugrave uacute ucircumflex udieresis yacute thorn ydieresis`.split(/\s+/);

const firstCode = 0x20;

/** The codes of a glyph: none, one, or two for a space and a hyphen. */
export function codesOfGlyph(glyph: string): readonly number[] {
  return names.flatMap((name, index) => (name === glyph ? [firstCode + index] : []));
}

/** Codes 0x80 to 0x9f, which Latin-1 has no letters for. */
const beyondLatin1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const codesBeyondLatin1: ReadonlyMap<number, number> = new Map([...beyondLatin1].map((character, index) => [character.charCodeAt(0), 0x80 + index]));

/** The WinAnsi code of a character of a printable text. */
export function codeAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit <= 0xff ? unit : (codesBeyondLatin1.get(unit) ?? 0);
}

package dev.reprise.cache.base;

/** What Java allows in a string and Unicode does not. */
public final class Utf16 {
  private Utf16() {}

  /**
   * Whether every surrogate in {@code text} has its other half beside it. Only then do UTF-8 bytes
   * tell the text: lone surrogates all become the same question mark.
   */
  public static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}

package dev.reprise.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How many bytes of results a home holds, as far as it was counted and added up: so that the end of
 * a run need not count. Who holds the index takes it away and writes it back; if that process dies
 * it is gone, and somebody counts again.
 */
public final class SizeFile {
  private static final String FIRST_WORDS = "reprise-size 1 ";

  private final Path file;

  /** Takes the folder of the home. */
  public SizeFile(Path home) {
    this.file = home.resolve("size");
  }

  /** The bytes, if they are known; from now on they are not. */
  public OptionalLong take() {
    if (!Files.exists(file)) {
      return OptionalLong.empty();
    }
    try {
      String text = Files.readString(file);
      Files.delete(file);
      return text.matches(FIRST_WORDS + "\\d{1,18}\n")
          ? OptionalLong.of(Long.parseLong(text.strip().substring(FIRST_WORDS.length())))
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty(); // as good as not there: somebody counts
    }
  }

  /** Writes down how many they are; if that fails somebody counts. */
  public void write(long bytes) {
    try {
      Files.writeString(file, FIRST_WORDS + bytes + "\n");
    } catch (IOException e) {
      take();
    }
  }
}

package dev.reprise.cache.fingerprint;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An input file is missing or cannot be read. Fix the input. */
public final class UnreadableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param why goes after the name of the file, as {@code does not exist}
   */
  public UnreadableFileException(Path file, String why, @Nullable Throwable cause) {
    super(Preview.of(file.toString()) + " " + why, cause);
  }
}

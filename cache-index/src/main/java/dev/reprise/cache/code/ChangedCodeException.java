package dev.reprise.cache.code;

import java.io.IOException;
import java.nio.file.Path;

/** A class file or jar was changed after its classes may have been loaded. */
final class ChangedCodeException extends IOException {
  private static final long serialVersionUID = 1L;

  ChangedCodeException(Path file) {
    super(
        file
            + " was changed after this program had begun, so it may not be the code that runs;"
            + " start the program again");
  }
}

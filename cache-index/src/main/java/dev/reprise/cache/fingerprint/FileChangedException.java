package dev.reprise.cache.fingerprint;

import java.io.IOException;
import java.nio.file.Path;

/** A file changed while it was being read, so its digest is of no one state of it. Try again. */
public final class FileChangedException extends IOException {
  private static final long serialVersionUID = 1L;

  public FileChangedException(Path file) {
    super(
        Preview.of(file.toString())
            + " changed while it was being read; run again once whoever writes it is done");
  }
}

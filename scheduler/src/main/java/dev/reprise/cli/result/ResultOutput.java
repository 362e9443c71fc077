package dev.reprise.cli.result;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Where a result goes. A file appears whole when it is done, in place of what was there, or not at
 * all.
 */
final class ResultOutput implements AutoCloseable {
  private final OutputStream stream;
  private final @Nullable Path temporary;
  private final @Nullable Path file;

  private ResultOutput(OutputStream stream, @Nullable Path temporary, @Nullable Path file) {
    this.stream = new BufferedOutputStream(stream);
    this.temporary = temporary;
    this.file = file;
  }

  /** Writes to a stream, which is left open. */
  static ResultOutput to(OutputStream stream) {
    return new ResultOutput(stream, null, null);
  }

  /** Writes to a file. A pipe or device is written as it is, a link is followed. */
  static ResultOutput to(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return new ResultOutput(Files.newOutputStream(file), null, file);
    }
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path temporary =
        target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid());
    return new ResultOutput(Files.newOutputStream(temporary), temporary, target);
  }

  OutputStream stream() {
    return stream;
  }

  /** Completes what was written. */
  void finish() throws IOException {
    stream.flush();
    if (file != null) {
      stream.close();
    }
    if (file != null && temporary != null) {
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Drops what was not finished. */
  @Override
  public void close() throws IOException {
    if (temporary != null) {
      try {
        stream.close();
      } finally {
        Files.deleteIfExists(temporary);
      }
    }
  }
}

package dev.reprise.cli.result;

import dev.reprise.config.UsageException;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
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

  /** There is no room for a result, or no way to write it; what is wrong is not the result. */
  static final class UnwritableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnwritableException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Tells its own failures from those of what is written to it. */
  private static final class Sink extends FilterOutputStream {
    Sink(OutputStream to) {
      super(to);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw new UnwritableException(e);
      }
    }
  }

  private ResultOutput(OutputStream stream, @Nullable Path temporary, @Nullable Path file) {
    this.stream = new BufferedOutputStream(new Sink(stream));
    this.temporary = temporary;
    this.file = file;
  }

  /** Writes to a stream, which is left open. */
  static ResultOutput to(OutputStream stream) {
    return new ResultOutput(stream, null, null);
  }

  /**
   * Writes to a file. A pipe or device is written as it is, a link is followed.
   *
   * @throws UsageException if there can be no such file
   */
  static ResultOutput to(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || parent == null) {
      throw new UsageException("--output %s is a folder; name a file".formatted(file));
    } else if (!Files.isDirectory(parent)) {
      throw new UsageException(
          "--output %s: there is no folder %s; make it first".formatted(file, parent));
    }
    try {
      return open(file);
    } catch (AccessDeniedException e) {
      throw new UsageException(
          "--output %s cannot be written: access to %s is denied".formatted(file, parent), e);
    }
  }

  private static ResultOutput open(Path file) throws IOException {
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

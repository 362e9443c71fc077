package dev.reprise.cli.cache;

import dev.reprise.config.UsageException;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A file that appears whole when it is done, in place of what was there, or not at all. */
final class NewFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final FileOutputStream file;
  private final OutputStream stream;

  /**
   * Begins a file.
   *
   * @param option that named it
   * @throws UsageException if there can be no such file
   */
  NewFile(String option, Path target) throws IOException {
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new UsageException("%s %s is no file; name another".formatted(option, target));
    }
    this.target = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    Path name = this.target.getFileName();
    this.temporary = this.target.resolveSibling("." + name + "." + UUID.randomUUID() + ".part");
    try {
      Files.createFile(temporary);
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw new UsageException(
          "%s %s cannot be written: there is no folder %s, or it may not be changed"
              .formatted(option, target, this.target.getParent()),
          e);
    }
    this.file = new FileOutputStream(temporary.toFile());
    this.stream = new BufferedOutputStream(file, 1 << 16);
  }

  /** What is written to it. */
  OutputStream stream() {
    return stream;
  }

  /** Completes the file: durable, under its name. */
  void finish() throws IOException {
    stream.flush();
    file.getFD().sync();
    stream.close();
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Drops what was not finished. */
  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}

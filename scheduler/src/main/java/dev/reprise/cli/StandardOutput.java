package dev.reprise.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Standard output, which remembers that it could not be written: a {@link java.io.PrintStream}
 * swallows that, and a script would take what was cut short for all there is.
 */
final class StandardOutput extends FileOutputStream {
  private volatile @Nullable String failure;

  StandardOutput() {
    super(FileDescriptor.out);
  }

  /** The one by which the buffer in front of it writes. */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      super.write(bytes, offset, length);
    } catch (IOException e) {
      failure = String.valueOf(e.getMessage());
      throw e;
    }
  }

  /**
   * Why something was not written; empty if all was, or nobody reads it any more: who closes a pipe
   * has what it wanted.
   */
  Optional<String> failure() {
    return Optional.ofNullable(failure).filter(why -> !why.contains("Broken pipe"));
  }
}

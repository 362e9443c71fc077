package dev.reprise.cache.index;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import org.jspecify.annotations.Nullable;

/** How a file is locked, so that one process at a time has it. */
@FunctionalInterface
public interface FileLocking {
  /** By the operating system, which ends a lock with the process that has it. */
  FileLocking SYSTEM = FileChannel::tryLock;

  /**
   * Takes the lock if nobody has it.
   *
   * @return null if another process has it
   * @throws IOException if files cannot be locked there, as on NFS without its lock service
   * @throws UnsupportedOperationException likewise
   */
  @Nullable FileLock tryLock(FileChannel file) throws IOException;
}

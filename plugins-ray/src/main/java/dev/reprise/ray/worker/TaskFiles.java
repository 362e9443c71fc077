package dev.reprise.ray.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files by which driver and worker tell each other what Ray has no words for, while a task runs.
 *
 * <pre>
 * TASK.at        made by whoever is first: the worker that begins the task, or the driver that takes
 *                it back; holds the attempt that runs (0 before the first), then who runs it
 * TASK.cancel    attempts that should end, by the driver
 * TASK.exit      how user code ended the worker, by the worker
 * </pre>
 *
 * <p>The worker writes an attempt before it runs it, so that a driver who finds the worker dead
 * knows which unit it was and which ones never began. The driver alone removes files: that one is
 * not there says nothing, since a shared folder may show late what others made; that one could be
 * made says that nobody had.
 */
public final class TaskFiles {
  private static final String AT = ".at";
  private static final String CANCEL = ".cancel";
  private static final String EXIT = ".exit";

  private final Path folder;

  public TaskFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * How far a task is.
   *
   * @param attempt that runs or ran last; 0 if none began
   * @param worker who runs it, for people
   */
  public record Progress(long attempt, String worker) {}

  /** On the driver: makes sure that no worker begins the task; false if one has, or may have. */
  public boolean takeBack(String task) {
    try {
      Files.createFile(folder.resolve(task + AT));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** On the driver: asks attempts of a task to end; replaces what was asked before. */
  public void cancel(String task, Set<Long> attempts) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * attempts.size());
    attempts.forEach(bytes::putLong);
    Path whole = Files.write(folder.resolve(task + CANCEL + ".new"), bytes.array());
    Files.move(whole, folder.resolve(task + CANCEL), StandardCopyOption.ATOMIC_MOVE);
  }

  /** On the driver: how far a task is; empty if no worker is known to have begun it. */
  public Optional<Progress> progress(String task) {
    try {
      byte[] bytes = Files.readAllBytes(folder.resolve(task + AT));
      if (bytes.length < Long.BYTES) {
        return Optional.empty();
      }
      String worker = new String(bytes, Long.BYTES, bytes.length - Long.BYTES, UTF_8);
      return Optional.of(new Progress(ByteBuffer.wrap(bytes).getLong(), worker));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** On the driver: how user code ended the task's worker; null if it did not, or not that way. */
  public @Nullable String exit(String task) {
    try {
      return Files.readString(folder.resolve(task + EXIT));
    } catch (IOException e) {
      return null;
    }
  }

  /** On the driver: removes the files of a task that no worker begins any more. */
  public void remove(String task) {
    for (String kind : new String[] {AT, CANCEL, EXIT}) {
      try {
        Files.deleteIfExists(folder.resolve(task + kind));
      } catch (IOException e) {
        // Gone with the run's other temporary files.
      }
    }
  }

  /** On the driver: removes the folder with the files of all tasks. */
  public void removeFolder() {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // Gone with the run's other temporary files.
    }
  }

  /** On the worker: begins a task; null if the driver took it back. */
  @Nullable Begun begin(String task, String worker) throws IOException {
    FileChannel file;
    try {
      file = FileChannel.open(folder.resolve(task + AT), CREATE_NEW, WRITE);
    } catch (FileAlreadyExistsException e) {
      return null;
    }
    byte[] who = worker.getBytes(UTF_8);
    ByteBuffer first = ByteBuffer.allocate(Long.BYTES + who.length);
    first.putLong(0).put(who).flip();
    file.write(first, 0);
    return new Begun(task, file);
  }

  /** On the worker: a task that it runs. */
  final class Begun implements AutoCloseable {
    private final String task;
    private final FileChannel file;
    private final ByteBuffer number = ByteBuffer.allocateDirect(Long.BYTES);

    private Begun(String task, FileChannel file) {
      this.task = task;
      this.file = file;
    }

    /** Tells which attempt comes now. By the units' one thread. */
    void at(long attempt) throws IOException {
      number.clear();
      number.putLong(attempt).flip();
      file.write(number, 0);
    }

    /** Attempts that the driver wants to end. */
    Set<Long> cancelled() {
      Set<Long> attempts = new HashSet<>();
      Path asked = folder.resolve(task + CANCEL);
      if (Files.exists(asked)) {
        try {
          ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(asked));
          while (bytes.remaining() >= Long.BYTES) {
            attempts.add(bytes.getLong());
          }
        } catch (IOException e) {
          // The driver is gone, and this worker soon will be.
        }
      }
      return attempts;
    }

    void tellExit(String how) throws IOException {
      Files.writeString(folder.resolve(task + EXIT), how);
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException e) {
        // What it says was written.
      }
    }
  }
}

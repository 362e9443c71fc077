package dev.reprise.spark.code;

import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.WorkChunk;
import dev.reprise.spark.code.CodeTable.CodeFile;
import dev.reprise.spark.code.CodeTable.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What executors must find as the driver does: the classes of the tasks that were submitted, the
 * resources that their keys name, and Reprise's own classes that run on workers.
 *
 * @see <a href="../../../../../../../docs/adr/0003-the-drivers-code.md">ADR-0003, the driver's
 *     code</a>
 */
public final class CodePlan {
  /** What of Reprise a worker runs. */
  private static final List<String> WORKERS =
      List.of(
          "dev.reprise.cache.base",
          "dev.reprise.cache.codec",
          "dev.reprise.cache.store",
          "dev.reprise.executor.envelope",
          "dev.reprise.spark",
          "dev.reprise.worker");

  private final ClassPath classPath;
  private final Shipping shipping;

  /*
   * This object's monitor guards what follows: steps are covered by the scheduler's thread, while units
   * on datasets ask for the table in their own.
   */
  private final Set<String> covered = new HashSet<>();
  private final Map<String, Origin> origins = new LinkedHashMap<>();
  private final Map<String, CodeFile> files = new LinkedHashMap<>();
  private final Set<String> absent = new TreeSet<>();
  private byte @Nullable [] table;

  /**
   * @param shipping knows what each entry of the class path has become
   */
  public CodePlan(ClassPath classPath, Shipping shipping) {
    this.classPath = classPath;
    this.shipping = shipping;
  }

  /**
   * Takes a step's code into the table: the user's own, by the first two segments of its package,
   * the packages of libraries that it reaches, and the resources that it reads.
   *
   * @throws ExecutorUnavailableException if code cannot be read
   */
  public synchronized void cover(WorkChunk chunk) throws ExecutorUnavailableException {
    try {
      for (String each : WORKERS) {
        cover(each, true);
      }
      String owner = chunk.code().method().owner();
      cover(ownPackage(owner), true);
      for (String library : chunk.libraries()) {
        cover(library, false);
      }
      coverFiles(chunk.reads());
      for (String path : chunk.reads()) {
        if (!classPath.has(path) && absent.add(path)) {
          table = null;
        }
      }
    } catch (IOException e) {
      throw new ExecutorUnavailableException(
          "the code of step '%s' cannot be read: %s".formatted(chunk.step(), e.getMessage()), e);
    }
  }

  /** As {@code Zones} has it: {@code com.acme} of {@code com.acme.flights.Delays}. */
  static String ownPackage(String className) {
    int end = className.lastIndexOf('.');
    String name = end < 0 ? "" : className.substring(0, end);
    int first = name.indexOf('.');
    int second = name.indexOf('.', first + 1);
    return first < 0 || second < 0 ? name : name.substring(0, second);
  }

  private void cover(String packageName, boolean below) throws IOException {
    if (!covered.add(packageName + (below ? ".*" : ""))) {
      return;
    }
    coverFiles(classPath.classesOf(packageName, below));
  }

  private void coverFiles(Set<String> paths) throws IOException {
    try (ClassPath.Reader reader = new ClassPath.Reader()) {
      for (String path : paths) {
        Path entry = files.containsKey(path) ? null : classPath.entryOf(path);
        byte[] content = entry == null ? null : reader.read(entry, path);
        if (entry != null && content != null) {
          files.put(path, new CodeFile(path, indexOf(entry), Digests.of(content)));
          table = null;
        }
      }
    }
  }

  private int indexOf(Path entry) throws IOException {
    String place = entry.toString();
    if (!origins.containsKey(place)) {
      origins.put(place, new Origin(place, shipping.digest(entry)));
    }
    return List.copyOf(origins.keySet()).indexOf(place);
  }

  /** The table of all that was covered, for {@link CodeCheck#trouble}; equal if nothing was new. */
  public synchronized byte[] table() {
    byte[] known = table;
    if (known == null) {
      known =
          new CodeTable(
                  List.copyOf(origins.values()), List.copyOf(files.values()), List.copyOf(absent))
              .toBytes();
      table = known;
    }
    return known;
  }
}

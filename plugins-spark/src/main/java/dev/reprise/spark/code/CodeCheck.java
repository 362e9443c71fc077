package dev.reprise.spark.code;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.HostName;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.spark.code.CodeTable.CodeFile;
import dev.reprise.spark.code.CodeTable.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Whether an executor finds the classes and resources that its driver has planned with. */
public final class CodeCheck {
  private static final String CLASS = ".class";

  // Of this process, with what was found, by the table's digest: a class that is loaded stays. What
  // could not be read may be read the next time.
  private static final Map<Fingerprint, String> CHECKED = new HashMap<>();

  private CodeCheck() {}

  /**
   * Looks up every file of a table where Spark's tasks in this process find theirs; once for each
   * table. Loads none of them.
   *
   * @param table as {@link CodePlan#table} made it
   * @return which file is another one or is missing, where it is from, and what to do; empty if all
   *     are the driver's
   * @throws IOException if code cannot be read now; says where
   */
  public static String trouble(byte[] table) throws IOException {
    Fingerprint id = Digests.of(table);
    synchronized (CHECKED) {
      String known = CHECKED.get(id);
      if (known == null) {
        known = trouble(table, Thread.currentThread().getContextClassLoader());
        CHECKED.put(id, known);
      }
      return known;
    }
  }

  private static String trouble(byte[] bytes, ClassLoader tasks) throws IOException {
    try {
      CodeTable table = CodeTable.of(bytes);
      for (CodeFile file : table.files()) {
        URL found = tasks.getResource(file.path());
        Origin origin = table.origins().get(file.origin());
        if (found == null) {
          return "%s is missing on %s; the driver has it from %s, which was sent there: look at the executor's log"
              .formatted(name(file.path()), HostName.find(), origin.place());
        }
        if (!digest(found).equals(file.digest())) {
          return other(
              file.path(), "in %s (SHA-256 %s)".formatted(origin.place(), origin.digest()), found);
        }
      }
      for (String path : table.absent()) {
        URL found = tasks.getResource(path);
        if (found != null) {
          return other(path, "nowhere", found);
        }
      }
      return "";
    } catch (BadRecordException e) {
      return "an executor on %s has another release of Reprise: %s"
          .formatted(HostName.find(), e.getMessage());
    } catch (IOException e) {
      throw new IOException("code cannot be read on %s: %s".formatted(HostName.find(), e), e);
    }
  }

  private static Fingerprint digest(URL url) throws IOException {
    try (InputStream in = url.openStream()) {
      return Digests.of(in.readAllBytes());
    }
  }

  private static String other(String path, String driversPlace, URL found) throws IOException {
    String place = found.toString();
    if (found.openConnection() instanceof JarURLConnection jar
        && jar.getJarFileURL().getProtocol().equals("file")) {
      try {
        Path file = Path.of(URI.create(jar.getJarFileURL().toString()));
        place = "%s (SHA-256 %s)".formatted(file, Digests.of(file));
      } catch (IllegalArgumentException e) {
        place = found.toString(); // a place that is no path, as with a host
      }
    }
    return "executors on %s would run another %s than this driver: they find it in %s, the driver %s; take the first off the executors' class path (spark.executor.extraClassPath, Spark's jars folder) or give the driver the same; if this Spark application was sent it before a rebuild, start a new application"
        .formatted(HostName.find(), name(path), place, driversPlace);
  }

  private static String name(String path) {
    return path.endsWith(CLASS)
        ? "class " + path.substring(0, path.length() - CLASS.length()).replace('/', '.')
        : "resource " + path;
  }
}

package dev.reprise.ray.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.code.SearchPath;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.executor.FolderJar;
import dev.reprise.ray.bootstrap.RayEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that all nodes reach, with code for workers. Each file is named by its digest (SHA-256)
 * and never changes; a code list names those of one class path, see {@code CodeLoader}.
 *
 * <p>What a class path holds of Ray itself or of RocksDB stays behind: neither is for workers.
 */
public final class CodeShelf {
  private static final Logger LOG = LoggerFactory.getLogger(CodeShelf.class);

  /** Folder of native libraries that the jars on the class path lack; the launcher says which. */
  private static final String NATIVES = "dev.reprise.natives";

  /** How names of files begin that are being written. */
  static final String UNFINISHED = "new-";

  /** How names of files begin that tell the digest of a file by its stamp. */
  private static final String KNOWN = "known-";

  /** How old a file must be for its stamp to change with its bytes, whatever writes them. */
  private static final long SETTLED_NANOS = 3_000_000_000L;

  private static final List<String> BOOTSTRAP =
      List.of("RayEntry", "Frame", "Reply", "CodeLoader", "package-info");

  private final Path folder;

  public CodeShelf(Path folder) {
    this.folder = folder;
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  /**
   * Makes a folder for what a driver and its workers tell each other, where they share no store
   * that both can write. Goes like code that nobody uses if the driver does not remove it.
   */
  public Path channel() throws IOException {
    return Files.createTempDirectory(Files.createDirectories(folder), "tasks-");
  }

  /**
   * Lays out the code that {@code loader} finds; what is there already stays.
   *
   * @return the digest of the code list, in hexadecimal
   * @throws IOException if code cannot be read, or the folder cannot be written
   */
  public String lay(ClassLoader loader) throws IOException {
    SearchPath path =
        SearchPath.of(loader)
            .orElseThrow(
                () ->
                    new IOException(
                        "class loader %s does not tell where its classes are; start the driver with plain 'java -cp'"
                            .formatted(loader.getClass().getName())));
    StringBuilder list = new StringBuilder();
    for (Path entry : path.expanded()) {
      if (Files.isDirectory(entry)) {
        add("jar", entry.toString(), put(FolderJar.of(entry)), list);
      } else if (Files.isRegularFile(entry)) {
        String digest = lay(entry, true);
        if (!digest.isEmpty()) {
          add("jar", name(entry), digest, list);
        }
      }
    }
    String natives = System.getProperty(NATIVES);
    if (natives != null && Files.isDirectory(Path.of(natives))) {
      for (Path library : librariesIn(Path.of(natives))) {
        add("native", name(library), lay(library, false), list);
      }
    }
    String code = put(list.toString().getBytes(UTF_8));
    new CodeSweep(folder).sweep();
    return code;
  }

  /**
   * Tells whoever sweeps that a code list, what it names and the bootstrap are in use. What is gone
   * is left to the worker that misses it to tell.
   */
  public void keep(String code, Path bootstrap) {
    try {
      touch(bootstrap);
      Path list = folder.resolve(code);
      touch(list);
      for (String line : Files.readAllLines(list)) {
        touch(folder.resolve(line.split(" ", 3)[1]));
      }
    } catch (IOException e) {
      LOG.debug("code in {} cannot be kept", folder, e);
    }
  }

  /** False if it is not there. */
  private static boolean touch(Path file) throws IOException {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void add(String kind, String name, String digest, StringBuilder list) {
    list.append(kind).append(' ').append(digest).append(' ');
    list.append(name.replaceAll("\\R", "?")).append('\n');
  }

  private static List<Path> librariesIn(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !name(file).contains("rocksdb"))
          .sorted()
          .toList();
    }
  }

  private static boolean isForWorkers(Path jar) throws IOException {
    try (JarFile open = new JarFile(jar.toFile(), false)) {
      return open.getEntry("io/ray/api/Ray.class") == null
          && open.getEntry("org/rocksdb/RocksDB.class") == null;
    } catch (ZipException e) {
      return false; // a class loader skips what is no jar
    }
  }

  /**
   * Lays out the bootstrap, alone in a folder: Ray takes all jars of a folder, and a jar's folder
   * too.
   *
   * @return the folder
   */
  public Path bootstrap() throws IOException {
    List<FolderJar.Entry> entries = new ArrayList<>();
    for (String name : BOOTSTRAP) {
      String resource = name + ".class";
      try (InputStream in = RayEntry.class.getResourceAsStream(resource)) {
        byte[] bytes = Objects.requireNonNull(in, resource).readAllBytes();
        String at = RayEntry.class.getPackageName().replace('.', '/') + "/" + resource;
        entries.add(new FolderJar.Entry(at, bytes));
      }
    }
    byte[] jar = FolderJar.of(entries);
    Path alone = folder.resolve("bootstrap-" + digest(jar).substring(0, 16));
    Path file = alone.resolve("reprise-bootstrap.jar");
    if (!touch(alone) || !Files.exists(file)) {
      Files.createDirectories(alone);
      write(jar, file);
    }
    return alone;
  }

  private String put(byte[] bytes) throws IOException {
    String digest = digest(bytes);
    Path file = folder.resolve(digest);
    if (!isThere(file, bytes.length)) {
      Files.createDirectories(folder);
      write(bytes, file);
    }
    return digest;
  }

  /**
   * Lays out a file, unless it was before and is the same by its stamp: then it is not read.
   *
   * @return its digest; empty for a jar that is not for workers
   */
  private String lay(Path source, boolean jar) throws IOException {
    FileStamp stamp = FileStamp.of(source);
    Path memo = folder.resolve(KNOWN + stamp.digest());
    String known = known(memo);
    if (known != null && (known.isEmpty() || isThere(folder.resolve(known), stamp.size()))) {
      touch(memo);
      return known;
    }
    // Read once, so that the name is that of the bytes which are written, whoever edits them
    // meanwhile.
    String digest = !jar || isForWorkers(source) ? put(Files.readAllBytes(source)) : "";
    long age = FileStamp.nanos(Instant.now()) - stamp.lastTouchedNanos();
    if (age > SETTLED_NANOS && FileStamp.of(source).equals(stamp)) {
      Files.createDirectories(folder);
      write(digest.getBytes(UTF_8), memo);
    }
    return digest;
  }

  private static @Nullable String known(Path memo) throws IOException {
    try {
      String known = Files.readString(memo);
      return known.isEmpty() || known.matches("[0-9a-f]{64}") ? known : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Also tells whoever sweeps that the file is in use. */
  private static boolean isThere(Path file, long size) throws IOException {
    try {
      return Files.size(file) == size && touch(file);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void write(byte[] bytes, Path file) throws IOException {
    Path parent = Objects.requireNonNull(file.getParent());
    Path whole = Files.createTempFile(parent, UNFINISHED, null);
    try {
      Files.write(whole, bytes);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}

package dev.reprise.spark.code;

import dev.reprise.cache.code.PlatformPackages;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Everything that a driver's classes come from. Belongs to one thread at a time. */
public final class ClassPath {
  private static final String CLASS = ".class";
  private static final String JAR = "jar:";

  private final ClassLoader loader;
  private final List<Path> entries;
  private @Nullable SortedMap<String, Set<String>> packages;

  private ClassPath(ClassLoader loader, List<Path> entries) {
    this.loader = loader;
    this.entries = entries;
  }

  /**
   * What {@code loader} and its parents search, as far as they tell.
   *
   * @throws IOException if an entry is no path
   */
  public static ClassPath of(ClassLoader loader) throws IOException {
    Set<Path> entries = new LinkedHashSet<>();
    for (ClassLoader each = loader; each != null; each = each.getParent()) {
      if (each instanceof URLClassLoader urls) {
        for (URL url : urls.getURLs()) {
          if (url.getProtocol().equals("file")) {
            entries.add(place(url));
          }
        }
      }
    }
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        entries.add(Path.of(entry).toAbsolutePath().normalize());
      }
    }
    return new ClassPath(loader, List.copyOf(entries));
  }

  private static Path place(URL url) throws IOException {
    try {
      return Path.of(url.toURI()).toAbsolutePath().normalize();
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IOException("no path: " + url, e);
    }
  }

  /** Folders and jars; not all need exist. */
  List<Path> entries() {
    return entries;
  }

  /** Whether the loader finds a file or folder, wherever. */
  boolean has(String path) {
    return loader.getResource(path) != null;
  }

  /** The entry in which the loader finds a file; null if it does not, or elsewhere. */
  @Nullable Path entryOf(String path) throws IOException {
    URL url = loader.getResource(path);
    if (url == null) {
      return null;
    }
    String text = url.toString();
    if (text.startsWith(JAR)) {
      int end = text.indexOf("!/");
      boolean plain = text.startsWith("file:", JAR.length()) && text.indexOf("!/", end + 1) < 0;
      return plain ? place(new URL(text.substring(JAR.length(), end))) : null;
    }
    if (!text.startsWith("file:")) {
      return null;
    }
    Path entry = place(url);
    for (int left = Path.of(path).getNameCount(); left > 0 && entry != null; left--) {
      entry = entry.getParent();
    }
    return entry;
  }

  /** Reads files past the loader, whose jars may have been opened before they were edited. */
  static final class Reader implements Closeable {
    private final Map<Path, JarFile> open = new HashMap<>();

    /** The bytes of what {@link #entryOf} found in {@code entry}; null if it is a folder. */
    byte @Nullable [] read(Path entry, String path) throws IOException {
      if (Files.isDirectory(entry)) {
        Path file = entry.resolve(path);
        return Files.isDirectory(file) ? null : Files.readAllBytes(file);
      }
      JarFile jar = open.get(entry);
      if (jar == null) {
        jar = new JarFile(entry.toFile(), false, ZipFile.OPEN_READ, Runtime.version());
        open.put(entry, jar);
      }
      ZipEntry file = jar.getEntry(path);
      if (file == null) {
        throw new IOException(path + " is not in " + entry + " any more; start again");
      }
      try (InputStream in = jar.getInputStream(file)) {
        return file.isDirectory() ? null : in.readAllBytes();
      }
    }

    @Override
    public void close() throws IOException {
      for (JarFile each : open.values()) {
        each.close();
      }
    }
  }

  /**
   * Class files of packages, as class loaders name them.
   *
   * @param name of a package
   * @param below whether packages below it are meant, too
   */
  Set<String> classesOf(String name, boolean below) throws IOException {
    SortedMap<String, Set<String>> all = packages;
    if (all == null) {
      all = list();
      packages = all;
    }
    String folder = name.isEmpty() ? "" : name.replace('.', '/') + "/";
    if (!below || folder.isEmpty()) {
      return all.getOrDefault(folder, Set.of());
    }
    Set<String> found = new TreeSet<>();
    all.subMap(folder, folder + Character.MAX_VALUE).values().forEach(found::addAll);
    return found;
  }

  private SortedMap<String, Set<String>> list() throws IOException {
    SortedMap<String, Set<String>> found = new TreeMap<>();
    Map<String, Boolean> known = new HashMap<>();
    for (Path entry : entries) {
      for (String file : Files.isDirectory(entry) ? inFolder(entry) : inJar(entry)) {
        String folder = file.substring(0, file.lastIndexOf('/') + 1);
        boolean wanted =
            known.computeIfAbsent(folder, any -> counts(folder.replace('/', '.') + "C"));
        if (wanted) {
          found.computeIfAbsent(folder, any -> new TreeSet<>()).add(file);
        }
      }
    }
    return found;
  }

  /**
   * What keys name without its content is the engine's; Reprise's own is the driver's all the same.
   */
  private static boolean counts(String className) {
    return className.startsWith("dev.reprise.") || !PlatformPackages.STANDARD.contains(className);
  }

  private static List<String> inJar(Path jar) throws IOException {
    if (!Files.isRegularFile(jar)) {
      return List.of(); // no error in a class path
    }
    try (JarFile open = new JarFile(jar.toFile(), false)) {
      return open.stream().map(ZipEntry::getName).filter(ClassPath::isClass).toList();
    } catch (ZipException e) {
      return List.of(); // a class loader skips what is no jar
    }
  }

  private static List<String> inFolder(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      Set<String> found = new TreeSet<>();
      for (Iterator<Path> each = all.iterator(); each.hasNext(); ) {
        String name = folder.relativize(each.next()).toString().replace(File.separatorChar, '/');
        if (isClass(name)) {
          found.add(name);
        }
      }
      return List.copyOf(found);
    }
  }

  private static boolean isClass(String name) {
    return name.endsWith(CLASS)
        && !name.startsWith("META-INF/")
        && !name.endsWith("module-info.class")
        && !name.endsWith("package-info.class");
  }
}

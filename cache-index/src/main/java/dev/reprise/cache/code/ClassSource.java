package dev.reprise.cache.code;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The class files and resources that a class loader finds. The loader is asked where they are; they
 * are read past it, each jar opened and listed once.
 *
 * <p>Files are taken to be as they were when this source first met them; make a new one to see a
 * later state. Belongs to one thread, but for {@link #changed}.
 */
public final class ClassSource implements Closeable {
  private final ClassLoader loader;
  private final FileStamps stamps = new FileStamps();
  private final Map<Path, CodeRoot> roots = new HashMap<>();
  private final UrlRoot elsewhere;
  private final @Nullable Instant met;
  private final LoadTime jvm = new JvmStart();
  private boolean foundElsewhere;
  private boolean missed;

  private ClassSource(ClassLoader loader, @Nullable Instant met) {
    this.loader = loader;
    this.met = met;
    this.elsewhere = new UrlRoot(loader, UrlRoot.PATIENCE);
  }

  /** Returns a source that finds what {@code loader} finds, whatever it may have loaded before. */
  public static ClassSource of(ClassLoader loader) {
    return new ClassSource(loader, null);
  }

  /**
   * Returns a source that finds what {@code loader} finds and loads: a file that was changed after
   * its class may have been loaded cannot be read.
   *
   * @param met when this process first had to do with the loader; classes of the class path may
   *     have been loaded since the JVM began
   */
  public static ClassSource of(ClassLoader loader, Instant met) {
    return new ClassSource(loader, met);
  }

  /**
   * A file that is not what it was when this source first met it; null if there is none. What was
   * read may then be another code than what classes are loaded from now. Any thread may ask, once
   * nothing is read any more.
   */
  public @Nullable Path changed() {
    return stamps.changed();
  }

  /**
   * The folder or jar in which the loader finds a file.
   *
   * @param path with slashes, as {@code com/acme/Delays.class}
   * @return null if the loader finds none
   */
  @Nullable CodeRoot rootOf(String path) {
    URL url = loader.getResource(path);
    if (url == null) {
      missed = true;
      return null;
    }
    CodeRoot root = root(url, path);
    foundElsewhere |= root == elsewhere;
    return root;
  }

  /** The bytes of a file; null if the loader finds none or it is a folder. */
  byte @Nullable [] read(String path) throws IOException {
    CodeRoot root = rootOf(path);
    return root == null ? null : root.read(path);
  }

  /** All places that the loader searches; empty if they cannot be told. */
  Optional<SearchPath> searchPath() {
    return SearchPath.of(loader);
  }

  /**
   * The part of the search path that decides what was found until now. One loader takes a file from
   * the first entry that has it, so entries behind the last that gave something do not count,
   * unless something was found nowhere.
   */
  SearchPath counting(SearchPath all) {
    if (missed || all.loaders().size() != 1) {
      return all;
    }
    int count = 0;
    for (Path root : roots.keySet()) {
      int at = all.entries().indexOf(root);
      if (at < 0) {
        return all; // a manifest names it
      }
      count = Math.max(count, at + 1);
    }
    return new SearchPath(all.loaders(), all.entries().subList(0, count));
  }

  /** Whether all that was found until now lies in one of {@code places}. */
  boolean foundOnlyIn(Collection<Path> places) {
    return !foundElsewhere && places.containsAll(roots.keySet());
  }

  /** When the first class may have been loaded from any root. */
  LoadTime loadTime() {
    return met == null ? LoadTime.NONE : jvm;
  }

  /** When the first class may have been loaded from where {@code url} is. */
  private LoadTime loadTime(URL url, String path) {
    if (met == null) {
      return LoadTime.NONE;
    }
    URL onClassPath = ClassLoader.getSystemClassLoader().getResource(path);
    return onClassPath != null && onClassPath.toExternalForm().equals(url.toExternalForm())
        ? jvm
        : LoadTime.since(met);
  }

  FileStamps stamps() {
    return stamps;
  }

  private CodeRoot root(URL url, String path) {
    try {
      if (url.getProtocol().equals("file")) {
        Path folder = Path.of(url.toURI());
        for (int i = path.split("/", -1).length; i > 0 && folder != null; i--) {
          folder = folder.getParent();
        }
        return folder == null
            ? elsewhere
            : roots.computeIfAbsent(
                folder, each -> new FolderRoot(each, stamps, loadTime(url, path)));
      }
      String place = url.getPath();
      int end = place.indexOf("!/");
      boolean inPlainJar =
          url.getProtocol().equals("jar")
              && place.startsWith("file:")
              && place.indexOf("!/", end + 1) < 0;
      return inPlainJar
          ? roots.computeIfAbsent(
              Path.of(new URI(place.substring(0, end))),
              each -> new JarRoot(each, stamps, loadTime(url, path)))
          : elsewhere;
    } catch (URISyntaxException | IllegalArgumentException e) {
      return elsewhere;
    }
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (CodeRoot root : roots.values()) {
      try {
        root.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}

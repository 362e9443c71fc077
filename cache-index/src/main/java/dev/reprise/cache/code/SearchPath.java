package dev.reprise.cache.code;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a class loader and its parents look, the JDK left out.
 *
 * @param loaders names of the loaders' classes, the child first: they decide in which order entries
 *     count
 * @param entries folders and jars, absolute, as the loaders list them; not all need exist
 */
public record SearchPath(List<String> loaders, List<Path> entries) {
  public SearchPath {
    loaders = List.copyOf(loaders);
    entries = List.copyOf(entries);
  }

  /** The path of {@code loader}; empty if it or a parent is of a kind that does not tell. */
  public static Optional<SearchPath> of(ClassLoader loader) {
    List<String> loaders = new ArrayList<>();
    List<Path> entries = new ArrayList<>();
    for (ClassLoader each = loader;
        each != null && each != ClassLoader.getPlatformClassLoader();
        each = each.getParent()) {
      loaders.add(each.getClass().getName());
      if (each instanceof URLClassLoader plain) {
        for (URL url : plain.getURLs()) {
          Optional<Path> entry = entry(url);
          if (entry.isEmpty()) {
            return Optional.empty();
          }
          entries.add(entry.get());
        }
      } else if (each == ClassLoader.getSystemClassLoader()) {
        for (String entry :
            System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
          entries.add(Path.of(entry).toAbsolutePath().normalize());
        }
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new SearchPath(loaders, entries));
  }

  private static Optional<Path> entry(URL url) {
    try {
      return url.getProtocol().equals("file")
          ? Optional.of(Path.of(url.toURI()).toAbsolutePath().normalize())
          : Optional.empty();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The entries, and the jars that their manifests add to the class path. Opens every jar. */
  public List<Path> expanded() throws IOException {
    List<Path> all = new ArrayList<>(entries);
    for (int i = 0; i < all.size(); i++) {
      Path entry = all.get(i);
      if (Files.isRegularFile(entry)) {
        for (Path added : JarManifest.classPath(entry)) {
          if (!all.contains(added)) {
            all.add(added);
          }
        }
      }
    }
    return all;
  }
}

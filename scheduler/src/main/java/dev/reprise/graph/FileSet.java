package dev.reprise.graph;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/**
 * Files that a user named, in the order of their labels.
 *
 * @param root folder in which they were looked for
 * @param pattern the pattern they match, relative to the root
 * @param labels a stable label each, unique
 * @param paths absolute
 */
public record FileSet(Path root, String pattern, List<String> labels, List<Path> paths) {
  public FileSet {
    labels = List.copyOf(labels);
    paths = List.copyOf(paths);
    checkArgument(
        labels.size() == paths.size(), "%s labels for %s files", labels.size(), paths.size());
    checkArgument(
        new HashSet<>(labels).size() == labels.size(), "labels of files must differ: %s", labels);
  }

  /**
   * Where a file is below the root, with slashes; of a file that was named by itself its name.
   * Tells what users write into paths, and not where their data happens to be.
   */
  public String place(int index) {
    Path path = paths.get(index);
    boolean alone = path.toString().equals(pattern);
    Path below = alone ? path.getFileName() : root.relativize(path);
    return String.valueOf(below).replace(path.getFileSystem().getSeparator(), "/");
  }
}

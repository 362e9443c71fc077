package dev.reprise.api;

import dev.reprise.cache.base.Text;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.PipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Finds the files of a source and gives each a stable label. */
final class SourceFiles {
  private SourceFiles() {}

  static FileSet one(String source, Path path) {
    Path absolute = absolute(path);
    if (!Files.isRegularFile(absolute)) {
      throw new PipelineException(
          "source '%s': %s %s; check the path"
              .formatted(
                  source,
                  absolute,
                  Files.exists(absolute) ? "is not a regular file" : "does not exist"));
    }
    checkIsText(source, absolute);
    String label = String.valueOf(absolute.getFileName());
    return new FileSet(absolute.getRoot(), absolute.toString(), List.of(label), List.of(absolute));
  }

  static FileSet find(String source, Path root, String pattern) {
    Path folder = absolute(root);
    if (!Files.isDirectory(folder)) {
      throw new PipelineException(
          "source '%s': folder %s %s; check the path"
              .formatted(
                  source, folder, Files.exists(folder) ? "is not a folder" : "does not exist"));
    }
    FileSearch search = FileSearch.of(source, folder, pattern);
    List<Path> found = search.files();
    if (found.isEmpty()) {
      throw new PipelineException(
          "source '%s': no file in %s matches %s%s; check the pattern or add files"
              .formatted(
                  source,
                  folder,
                  Text.quote(pattern),
                  search.folders() == 0
                      ? ""
                      : ", but " + search.folders() + " folders do (add '/*' for what they hold)"));
    }
    boolean foldersDiffer = foldersDiffer(folder, found);
    TreeMap<String, Path> byLabel = new TreeMap<>();
    for (Path path : found) {
      checkIsText(source, path);
      Path relative = folder.relativize(path);
      Path label = foldersDiffer ? relative.getParent() : relative;
      String separator = folder.getFileSystem().getSeparator();
      byLabel.put(String.valueOf(label).replace(separator, "/"), path);
    }
    return new FileSet(
        folder, pattern, List.copyOf(byLabel.keySet()), List.copyOf(byLabel.values()));
  }

  /** Whether each file lies in a folder of its own below {@code folder}. */
  private static boolean foldersDiffer(Path folder, List<Path> found) {
    Set<Path> parents = new HashSet<>();
    for (Path path : found) {
      Path parent = folder.relativize(path).getParent();
      if (parent == null || !parents.add(parent)) {
        return false;
      }
    }
    return true;
  }

  /** Absolute, and without {@code ..} unless that leads elsewhere: after a link it does. */
  private static Path absolute(Path path) {
    Path absolute = path.toAbsolutePath();
    Path tidy = absolute.normalize();
    try {
      return !Files.exists(absolute) || Files.isSameFile(absolute, tidy) ? tidy : absolute;
    } catch (IOException e) {
      return absolute;
    }
  }

  /**
   * Refuses a file whose name is no text in this process's encoding: two of them may read the same,
   * and no worker finds it by what it reads.
   */
  private static void checkIsText(String source, Path path) {
    boolean same;
    try {
      same = path.getFileSystem().getPath(path.toString()).equals(path);
    } catch (InvalidPathException e) {
      same = false;
    }
    if (!same) {
      throw new PipelineException(
          "source '%s': the name of %s is no text here; rename it, or use a UTF-8 locale (LC_ALL)"
              .formatted(source, Text.quote(path.toString())));
    }
  }
}

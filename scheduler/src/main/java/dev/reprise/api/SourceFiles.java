package dev.reprise.api;

import dev.reprise.cache.base.Text;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.PipelineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** Finds the files of a source and gives each a stable label. */
final class SourceFiles {
  private SourceFiles() {}

  static FileSet one(String source, Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (!Files.isRegularFile(absolute)) {
      throw new PipelineException(
          "source '%s': %s %s; check the path"
              .formatted(
                  source,
                  absolute,
                  Files.exists(absolute) ? "is not a regular file" : "does not exist"));
    }
    return new FileSet(
        absolute.getRoot(), absolute.toString(), List.of(name(absolute)), List.of(absolute));
  }

  static FileSet find(String source, Path root, String pattern) {
    Path folder = root.toAbsolutePath().normalize();
    if (!Files.isDirectory(folder)) {
      throw new PipelineException(
          "source '%s': folder %s %s; check the path"
              .formatted(
                  source, folder, Files.exists(folder) ? "is not a folder" : "does not exist"));
    }
    List<Path> found = matches(source, folder, pattern);
    if (found.isEmpty()) {
      throw new PipelineException(
          "source '%s': no file in %s matches %s; check the pattern or add files"
              .formatted(source, folder, Text.quote(pattern)));
    }
    boolean foldersDiffer = foldersDiffer(folder, found);
    TreeMap<String, Path> byLabel = new TreeMap<>();
    for (Path path : found) {
      Path relative = folder.relativize(path);
      Path label = foldersDiffer ? relative.getParent() : relative;
      byLabel.put(String.valueOf(label).replace('\\', '/'), path);
    }
    return new FileSet(
        folder, pattern, List.copyOf(byLabel.keySet()), List.copyOf(byLabel.values()));
  }

  private static List<Path> matches(String source, Path folder, String pattern) {
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      throw new PipelineException(
          "source '%s': bad pattern %s: %s"
              .formatted(source, Text.quote(pattern), e.getDescription()),
          e);
    }
    int depth = pattern.contains("**") ? Integer.MAX_VALUE : pattern.split("/").length;
    List<Path> found = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder, depth, FileVisitOption.FOLLOW_LINKS)) {
      walk.filter(path -> matcher.matches(folder.relativize(path)))
          .filter(Files::isRegularFile)
          .forEach(found::add);
    } catch (IOException | UncheckedIOException e) {
      throw new PipelineException(
          "source '%s': cannot list %s: %s".formatted(source, folder, e.getMessage()), e);
    }
    return found;
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

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}

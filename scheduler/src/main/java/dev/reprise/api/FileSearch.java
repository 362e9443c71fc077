package dev.reprise.api;

import dev.reprise.cache.base.Text;
import dev.reprise.graph.PipelineException;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/**
 * Finds the files below a folder that match a pattern. Links are followed. Nothing that matches is
 * left out without a word: what cannot be read, or leads nowhere, ends the search.
 */
final class FileSearch extends SimpleFileVisitor<Path> {
  private final String source;
  private final Path folder;
  private final String pattern;
  private final PathMatcher matcher;
  // A matcher for the folders of each depth; empty if the pattern does not go folder by folder.
  private final List<PathMatcher> levels;
  private final List<Path> files = new ArrayList<>();
  private int folders;

  private FileSearch(String source, Path folder, String pattern) {
    this.source = source;
    this.folder = folder;
    this.pattern = pattern;
    List<String> parts = Arrays.asList(pattern.split("/", -1));
    if (parts.contains("") || parts.contains(".") || parts.contains("..")) {
      throw bad("it is relative to the folder, and no part of it may be empty, '.' or '..'");
    }
    this.matcher = matcher(pattern);
    boolean byFolder = !pattern.contains("**") && !pattern.matches(".*[{\\\\].*");
    this.levels = byFolder ? parts.stream().map(this::matcher).toList() : List.of();
  }

  /**
   * Searches.
   *
   * @param source for people
   * @throws PipelineException if the pattern is bad or something cannot be read
   */
  static FileSearch of(String source, Path folder, String pattern) {
    FileSearch search = new FileSearch(source, folder, pattern);
    int depth = pattern.contains("**") ? Integer.MAX_VALUE : pattern.split("/", -1).length;
    try {
      Files.walkFileTree(folder, Set.of(FileVisitOption.FOLLOW_LINKS), depth, search);
    } catch (IOException e) {
      throw new PipelineException(
          "source '%s': cannot list %s: %s".formatted(source, folder, e), e);
    }
    return search;
  }

  /** The files that match, in no order. */
  List<Path> files() {
    return files;
  }

  /** How many folders match. */
  int folders() {
    return folders;
  }

  private PathMatcher matcher(String glob) {
    try {
      return folder.getFileSystem().getPathMatcher("glob:" + glob);
    } catch (PatternSyntaxException e) {
      // Of a bracket that is missing the JDK says "Missing ']": one quote alone.
      String why = e.getDescription();
      throw bad(why.chars().filter(c -> c == '\'').count() == 1 ? why + "'" : why);
    }
  }

  private PipelineException bad(String why) {
    return new PipelineException(
        "source '%s': bad pattern %s: %s".formatted(source, Text.quote(pattern), why));
  }

  @Override
  public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
    if (path.equals(folder)) {
      return FileVisitResult.CONTINUE;
    }
    Path relative = folder.relativize(path);
    folders += matcher.matches(relative) ? 1 : 0;
    boolean mayLead =
        levels.isEmpty() || levels.get(relative.getNameCount() - 1).matches(relative.getFileName());
    return mayLead ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
  }

  @Override
  public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
    if (matcher.matches(folder.relativize(path))) {
      if (attributes.isRegularFile()) {
        files.add(path);
      } else if (attributes.isDirectory()) {
        folders++;
      } else {
        throw new PipelineException(
            "source '%s': %s matches %s and is %s; remove it or narrow the pattern"
                .formatted(
                    source,
                    path,
                    Text.quote(pattern),
                    attributes.isSymbolicLink()
                        ? "a link to a file that is not there"
                        : "neither a file nor a folder"));
      }
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
    // What a loop leads to is found without it; what went away meanwhile might as well have gone
    // before.
    if (e instanceof FileSystemLoopException || e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }
}

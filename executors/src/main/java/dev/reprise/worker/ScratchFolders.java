package dev.reprise.worker;

import dev.reprise.task.TaskContext;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders for files that a unit gets from the store; they are gone when the unit is over. */
final class ScratchFolders {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchFolders.class);

  private ScratchFolders() {}

  /** Makes a folder that belongs to the calling thread's unit. */
  static Path forCurrentUnit() throws IOException {
    if (!(TaskContext.current() instanceof RunningUnit unit)) {
      throw new IllegalStateException("a file was read outside of a unit");
    }
    Path folder = Files.createTempDirectory("reprise-unit-");
    unit.addFolder(folder);
    return folder;
  }

  static void remove(List<Path> folders) {
    for (Path folder : folders) {
      try {
        Files.walkFileTree(folder, new Remover());
      } catch (IOException e) {
        LOG.warn("cannot remove {}, which a unit does not need any more", folder, e);
      }
    }
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}

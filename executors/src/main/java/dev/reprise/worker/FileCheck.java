package dev.reprise.worker;

import dev.reprise.executor.Argument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether files are still what they were when they were fingerprinted. Asked once user code
 * is through with them: a change before and one in between both show then.
 */
final class FileCheck {
  private FileCheck() {}

  /** Why a result made from {@code files} must not be kept; null if it may be. */
  static @Nullable String changed(List<Argument.File> files) {
    for (Argument.File file : files) {
      String how = changed(file);
      if (how != null) {
        return "file " + file.path() + " " + how + " since it was fingerprinted";
      }
    }
    return null;
  }

  private static @Nullable String changed(Argument.File file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
      if (now.size() != file.size()) {
        return "went from " + file.size() + " to " + now.size() + " bytes";
      }
      long modified = now.lastModifiedTime().to(TimeUnit.NANOSECONDS);
      return modified == file.modifiedNanos() ? null : "was written to";
    } catch (IOException e) {
      return "can no longer be looked at (" + e.getClass().getSimpleName() + ")";
    }
  }
}

package dev.reprise.worker;

import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.executor.Argument;
import java.io.IOException;
import java.util.List;
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
      FileStamp then = file.stamp();
      FileStamp now = FileStamp.of(file.path());
      if (now.size() != then.size()) {
        return "went from " + then.size() + " to " + now.size() + " bytes";
      }
      if (now.modifiedNanos() != then.modifiedNanos()) {
        return "was written to";
      }
      return isReplaced(then, now) ? "was replaced" : null;
    } catch (IOException e) {
      return "can no longer be looked at (" + e.getClass().getSimpleName() + ")";
    }
  }

  /**
   * Whether another file, with the size and the time of this one, is in its place: {@code mv} and
   * {@code cp -p} see to that. Inodes tell nothing where the worker has the folder from another
   * device than the driver.
   */
  private static boolean isReplaced(FileStamp then, FileStamp now) {
    boolean sameDevice = device(then).equals(device(now));
    return (then.changedNanos() != 0
            && now.changedNanos() != 0
            && then.changedNanos() != now.changedNanos())
        || (sameDevice && !then.identity().equals(now.identity()));
  }

  private static String device(FileStamp stamp) {
    return stamp.identity().replaceFirst(":.*", "");
  }
}

package dev.reprise.graph;

import java.nio.file.Path;

/**
 * A result that is put at a path of the user's.
 *
 * @param result name of the pipeline's result
 * @param to the file or folder, absolute
 * @param form how the name of each file in the folder ends, such as {@code parquet}; empty if it is
 *     one file, which has it in its name
 */
public record Publication(String result, Path to, String form) {
  public Publication {
    to = to.toAbsolutePath().normalize();
  }

  /** Whether it is a folder with a file for each partition. */
  public boolean isFolder() {
    return !form.isEmpty();
  }
}

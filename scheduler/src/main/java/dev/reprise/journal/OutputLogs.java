package dev.reprise.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What user code of a run printed: a file for each unit that printed something, named by numbers,
 * since names are the user's and may be anything.
 */
public final class OutputLogs {
  private final Path folder;

  /** Takes the folder of the run. */
  OutputLogs(Path runFolder) {
    this.folder = runFolder.resolve("logs");
  }

  /** Adds what an attempt printed to the unit's file. */
  void append(int node, int partition, byte[] output) throws IOException {
    PrivateFiles.createFolder(folder);
    Path file = file(node, partition);
    if (!Files.exists(file)) {
      PrivateFiles.createFile(file);
    }
    Files.write(file, output, StandardOpenOption.APPEND);
  }

  /** Where the output of a unit is; empty if it printed nothing. */
  public Optional<Path> find(int node, int partition) {
    return Optional.of(file(node, partition)).filter(Files::isRegularFile);
  }

  private Path file(int node, int partition) {
    return folder.resolve(node + "-" + partition + ".log");
  }
}

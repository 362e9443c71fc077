package dev.reprise.ray.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ray.worker.TaskFiles.Progress;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFilesTest {
  @TempDir Path folder;
  private TaskFiles files;

  @BeforeEach
  void open() {
    files = new TaskFiles(folder);
  }

  @Test
  void begin_driverTookItBack_isRefused() throws IOException {
    assertThat(files.takeBack("1")).isTrue();

    assertThat(files.begin("1", "me")).isNull();
  }

  @Test
  void takeBack_workerHasBegun_isTooLate() throws IOException {
    try (TaskFiles.Begun begun = files.begin("1", "me")) {
      assertThat(begun).isNotNull();

      assertThat(files.takeBack("1")).isFalse();
    }
  }

  /** FAULTS 7: a task that is over and has not answered must not look as if it had not begun. */
  @Test
  void close_byTheWorker_leavesWhatItDidForTheDriverToSee() throws IOException {
    try (TaskFiles.Begun begun = files.begin("1", "me")) {
      begun.at(41);
      begun.at(42);
    }

    assertThat(files.takeBack("1")).isFalse();
    assertThat(files.progress("1")).contains(new Progress(42, "me"));
  }

  @Test
  void takeBack_folderIsGone_isNoProofThatNobodyBegan() {
    assertThat(new TaskFiles(folder.resolve("gone")).takeBack("1")).isFalse();
  }
}

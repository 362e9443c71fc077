package dev.reprise.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderJarTest {
  private final TimeZone usual = TimeZone.getDefault();
  @TempDir private Path folder;

  @AfterEach
  void setBack() {
    TimeZone.setDefault(usual);
  }

  /** What workers are sent goes by its content: the same code is sent once, from anywhere. */
  @Test
  void of_equalContentInAnotherZoneAtAnotherTime_isEqualBytes() throws Exception {
    Path file = folder.resolve("com/acme/A.class");
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {1, 2, 3});
    List<byte[]> jars = new ArrayList<>();
    for (String zone : List.of("UTC", "Asia/Tokyo", "America/New_York")) {
      TimeZone.setDefault(TimeZone.getTimeZone(zone));
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000L * jars.size()));
      jars.add(FolderJar.of(folder));
    }
    assertThat(jars.get(1)).isEqualTo(jars.get(0));
    assertThat(jars.get(2)).isEqualTo(jars.get(0));
    Files.write(file, new byte[] {1, 2, 4});
    assertThat(FolderJar.of(folder)).isNotEqualTo(jars.get(0));
  }
}

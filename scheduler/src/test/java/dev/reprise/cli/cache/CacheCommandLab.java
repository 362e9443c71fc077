package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A home with four entries of three steps, for each test a fresh one. */
abstract class CacheCommandLab {
  @TempDir static Path made;
  @TempDir Path folder;
  CommandLab lab;
  Path home;

  @BeforeAll
  static void make() throws Exception {
    Instant now = CommandLab.NOW;
    try (CacheHome home = new CacheHome(made, "default/default")) {
      home.put("clean", "month=2001-01", 300, now.minus(Duration.ofDays(40)));
      home.put("clean", "month=2001-02", 301, now.minus(Duration.ofHours(3)));
      home.put("delays", "month=2001-01", 3, now.minus(Duration.ofMinutes(12)));
      home.put("report", "", 4, now.minus(Duration.ofSeconds(50)));
    }
  }

  @BeforeEach
  void prepare() throws IOException {
    lab = new CommandLab(folder);
    lab.copyHome(made);
    home = folder.resolve(".reprise");
    ageBlobs();
  }

  /** They are as old as the entries, and not as the test. */
  void ageBlobs() throws IOException {
    for (Path blob : blobs()) {
      Files.setLastModifiedTime(blob, FileTime.from(lab.now.minus(Duration.ofHours(3))));
    }
  }

  JsonNode json(String... arguments) throws IOException {
    String[] all =
        Stream.concat(Stream.of(arguments), Stream.of("--output", "json")).toArray(String[]::new);
    Ran ran = lab.run(all);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    JsonNode json = new ObjectMapper().readTree(ran.out());
    assertThat(json.get("schema").asInt()).isEqualTo(1);
    return json;
  }

  List<String> steps() throws IOException {
    return json("cache", "ls").get("entries").findValuesAsText("step");
  }

  List<Path> blobs() throws IOException {
    Path blobs = home.resolve("store/blobs");
    try (Stream<Path> all = Files.walk(blobs)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  static String shortKey(String step, String label) {
    return CacheHome.key(step, label).toString().substring(0, 12);
  }

  static void flipBit(Path blob) throws IOException {
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length / 2] ^= 1;
    Files.write(blob, bytes);
  }

  Path blobOf(int rows) throws IOException {
    return blobs().stream().filter(blob -> blob.toFile().length() == 10L * rows).findFirst().get();
  }
}

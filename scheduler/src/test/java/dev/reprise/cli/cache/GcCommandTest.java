package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cache gc}. */
class GcCommandTest extends CacheCommandLab {
  @Test
  void gc_noLimits_removesNothing() throws IOException {
    Ran ran = lab.run("cache", "gc");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("no entry had to go\n0 B freed; 4 entries, 5.9 KiB left\n");
    assertThat(steps()).hasSize(4);
  }

  @Test
  void gc_dryRun_showsWhatWouldGoAndWhyAndRemovesNothing() throws IOException {
    Ran ran = lab.run("cache", "gc", "--dry-run", "--max-age", "30d", "--max-size", "2KiB");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "KEY STEP SIZE TOOK UNUSED WHY",
            shortKey("clean", "month=2001-01") + " clean:month=2001-01 2.9 KiB 1.5 s 40d00h age",
            shortKey("clean", "month=2001-02") + " clean:month=2001-02 2.9 KiB 1.5 s 3h00m size",
            "would remove 2 entries, 5.9 KiB: 1 for age, 1 for size",
            "5.9 KiB would be freed; 2 entries, 70 B would be left of at most 2.0 KiB");
    assertThat(steps()).hasSize(4);
    assertThat(blobs()).hasSize(2);
  }

  @Test
  void gc_maxSize_removesEntriesAndTheirBlobsForGood() throws IOException {
    Ran ran = lab.run("cache", "gc", "--max-size", "3500");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .isEqualTo(
            """
            removed 1 entry, 2.9 KiB: 1 for size
            2.9 KiB freed; 3 entries, 3.0 KiB left of at most 3.4 KiB
            """);
    assertThat(steps()).containsExactly("report", "delays", "clean");
    assertThat(blobs()).hasSize(1);
    lab.run("cache", "rebuild");
    assertThat(steps()).hasSize(3);
    assertThat(lab.run("cache", "verify").exit()).isZero();
    assertThat(lab.run("cache", "gc", "--max-size", "3500").out()).startsWith("no entry had to go");
  }

  @Test
  void gc_json_tellsEachEntryWithItsReason() throws IOException {
    JsonNode json = json("cache", "gc", "--max-size", "3500", "--max-age", "30d");

    assertThat(json.get("dry_run").asBoolean()).isFalse();
    assertThat(json.get("max_bytes").asLong()).isEqualTo(3500);
    assertThat(json.get("max_age_seconds").asLong()).isEqualTo(30 * 86_400);
    assertThat(json.get("keep_runs").isNull()).isTrue();
    assertThat(json.get("removed").asInt()).isEqualTo(1);
    assertThat(json.get("expired").asInt()).isZero();
    assertThat(json.get("aged").asInt()).isEqualTo(1);
    assertThat(json.get("for_size").asInt()).isZero();
    assertThat(json.get("freed_bytes").asLong()).isEqualTo(3000);
    assertThat(json.get("entries_left").asInt()).isEqualTo(3);
    assertThat(json.get("bytes_left").asLong()).isEqualTo(3080);
    JsonNode entry = json.get("entries").get(0);
    assertThat(entry.get("step").asText()).isEqualTo("clean");
    assertThat(entry.get("label").asText()).isEqualTo("month=2001-01");
    assertThat(entry.get("why").asText()).isEqualTo("AGE");
    assertThat(entry.get("last_used").asText()).isEqualTo("2001-04-22T12:00:00Z");
    assertThat(steps()).hasSize(3);
  }

  @Test
  void gc_limitsInTheEnvironment_areTheDefaultsOfTheOptions() throws IOException {
    lab.environment.put("REPRISE_GC_MAX_SIZE", "50");
    assertThat(json("cache", "gc", "--dry-run").get("for_size").asInt()).isEqualTo(3);
    assertThat(json("cache", "gc", "--dry-run", "--max-size", "1g").get("for_size").asInt())
        .isZero();
    Files.writeString(folder.resolve("reprise.conf"), "gc { max-size = 1g, max-age = 1h }");
    assertThat(json("cache", "gc", "--dry-run").get("aged").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"gc.grace", "gc.max-age"})
  void gc_durationsOfEver_spareAll(String setting) throws IOException {
    orphan(300, Duration.ofDays(8));

    JsonNode json = json("cache", "gc", "--conf", setting + "=99999999999999d");

    assertThat(json.get("removed").asInt()).isZero();
    assertThat(json.get("unnamed_bytes").asLong()).isEqualTo(setting.equals("gc.grace") ? 0 : 300);
  }

  @Test
  void gc_entriesOfOtherScopes_countAndGoToo() throws Exception {
    try (CacheHome other = new CacheHome(home, "default/prod")) {
      other.put("clean", "month=2001-01", 300, lab.now);
      other.put("clean", "month=2001-09", 400, lab.now.minus(Duration.ofDays(2)));
    }
    ageBlobs();

    JsonNode json = json("cache", "gc", "--max-size", "6500");

    assertThat(json.get("entries").findValuesAsText("scope")).containsExactly("default/prod");
    assertThat(json.get("freed_bytes").asLong()).isEqualTo(4000);
  }

  @Test
  void gc_blobsThatNothingNames_goOnceTheyAreOld() throws IOException {
    Path young = orphan(200, Duration.ofDays(6));
    Path old = orphan(300, Duration.ofDays(8));

    assertThat(lab.run("cache", "gc", "--dry-run").out())
        .endsWith("1 blob, 300 B, that nothing names would go\n");
    assertThat(old).exists();
    assertThat(lab.run("cache", "gc").out())
        .endsWith("1 blob, 300 B, that nothing names removed\n");
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(json("cache", "gc", "--conf", "gc.grace=5d").get("unnamed_bytes").asLong())
        .isEqualTo(200);
    assertThat(blobs()).hasSize(2);
  }

  private Path orphan(int size, Duration age) throws IOException {
    FileResultStore store =
        FileResultStore.openOrMake(home.resolve("store"), FileResultStore.Settings.STANDARD);
    BlobWriter writer = store.write("20010601-000000-7f3a", "lost", 0);
    writer.write(new byte[size]);
    Location.Stored stored = store.publish((Location.Pending) writer.finish());
    String address = stored.blob().address().toString();
    Path blob = home.resolve("store/blobs").resolve(address.substring(0, 2)).resolve(address);
    Files.setLastModifiedTime(blob, FileTime.from(lab.now.minus(age)));
    return blob;
  }

  @Test
  void gc_noHome_makesNone() {
    Ran ran = lab.run("cache", "gc", "--home", "elsewhere", "--max-size", "1g");

    assertThat(ran.out())
        .isEqualTo(
            "no entry would go\n0 B would be freed; 0 entries, 0 B would be left of at most 1.0 GiB\n");
    assertThat(folder.resolve("elsewhere")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          --max-size lots,   "--max-size: 'gc.max-size' cannot be 'lots', wanted a size of more than 0, such as 500MiB or 10g; leave it out for none"
          --max-size 0,      "--max-size: 'gc.max-size' cannot be '0', wanted a size of more than 0, such as 500MiB or 10g; leave it out for none"
          --max-age 30,      "--max-age: 'gc.max-age' cannot be '30', wanted a duration of more than 0, such as 90s, 15m or 2h; leave it out for none"
          --max-age 0d,      "--max-age: 'gc.max-age' cannot be '0d', wanted a duration of more than 0, such as 90s, 15m or 2h; leave it out for none"
          --keep-runs 0,     "--keep-runs: 'gc.keep-runs' cannot be '0', wanted a whole number, 1 or more; leave it out for all"
          --keep-runs few,   "--keep-runs: 'gc.keep-runs' cannot be 'few', wanted a whole number, 1 or more; leave it out for all"
          --conf gc.grace=x, "--conf gc.grace: 'gc.grace' cannot be 'x', wanted a duration, such as 90s, 15m, 2h, 7d or PT1H30M"
          """)
  void gc_badLimit_isRefusedAndNothingGoes(String option, String message) throws IOException {
    Ran ran = lab.run(("cache gc " + option).split(" "));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isEqualTo(message + "\n");
    assertThat(steps()).hasSize(4);
  }

  @Test
  void gc_anotherHoldsTheIndex_waitsThenSaysWho() throws Exception {
    try (CacheHome writer = new CacheHome(home, "default/default")) {
      Ran ran = lab.run("cache", "gc", "--max-size", "10", "--lock-timeout", "300ms");

      assertThat(ran.exit()).isEqualTo(7);
      assertThat(ran.err())
          .contains("the index " + home.resolve("index") + " is held by pid ")
          .endsWith(": wait for it to end, raise --lock-timeout, or name another --home\n");
      assertThat(writer).isNotNull();
    }
    assertThat(steps()).hasSize(4);
  }

  @Test
  void gc_pinsCannotBeRead_removesNothingAndSaysWhatToDo() throws Exception {
    Files.writeString(home.resolve("pins"), "reprise-pins 1\n");

    for (String dry : new String[] {"--max-size=10", "--dry-run"}) {
      Ran ran = lab.run("cache", "gc", dry);

      assertThat(ran.exit()).isEqualTo(5);
      assertThat(ran.err())
          .isEqualTo(
              "the file of pins %s is damaged, so that nothing may be evicted; mend it, or remove it and pin anew\n",
              home.resolve("pins"));
    }
    assertThat(steps()).hasSize(4);
  }
}

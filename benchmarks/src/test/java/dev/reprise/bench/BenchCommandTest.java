package dev.reprise.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.cli.Main;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.pipeline.PipelineSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code reprise bench}, as it is typed. */
class BenchCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    CommandContext context =
        CommandContext.ofProcess()
            .withStreams(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    return Main.execute(arguments, PipelineSource.shipped(), context);
  }

  @Test
  void bench_countsAsJson_hasEveryFieldAndLeavesNothing() throws Exception {
    int exit = run("bench", "oracle-set", "--quick", "--output", "json", "--folder", "" + folder);

    JsonNode json = new ObjectMapper().readTree(out.toString(UTF_8));
    assertThat(exit).isZero();
    assertThat(json.get("schema").intValue()).isEqualTo(1);
    assertThat(json.get("ratios")).hasSize(1);
    JsonNode ratio = json.get("ratios").get(0);
    assertThat(ratio.get("name").textValue()).isEqualTo("oracle-set");
    assertThat(ratio.get("ratio").doubleValue()).isEqualTo(1.0);
    assertThat(ratio.get("ours").doubleValue()).isGreaterThan(1000);
    assertThat(ratio.get("better").textValue()).isEqualTo("lower");
    assertThat(ratio.get("holds").booleanValue()).isTrue();
    assertThat(ratio.get("void").booleanValue()).isFalse();
    List<String> fields = new ArrayList<>();
    ratio.fieldNames().forEachRemaining(fields::add);
    assertThat(fields).contains("low", "high", "floor", "target", "stretch");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void bench_text_saysWhatHolds() {
    int exit = run("bench", "oracle-set", "--quick", "--folder", "" + folder);

    assertThat(exit).isZero();
    assertThat(out.toString(UTF_8))
        .contains("RATIO", "FLOOR", "TARGET", "STRETCH")
        .containsPattern("oracle-set .* 1\\.00 .* holds \\(stretch\\)")
        .endsWith("1 of 1 floors hold\n");
  }

  @Test
  void bench_unknownName_isBadUsageWithTheNearest() {
    assertThat(run("bench", "orcale-set")).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .contains("there is no ratio 'orcale-set'")
        .contains("did you mean 'oracle-set'?")
        .contains("reprise bench --help");
  }

  @Test
  void help_ofBench_namesTheRatiosOnEnginesAndAllOfThem() {
    assertThat(run("bench", "--help")).isZero();
    assertThat(out.toString(UTF_8))
        .contains("spark-first", "spark-cached", "spark-small-units", "spark-metg")
        .contains("spark-read-back", "reprise bench spark\n")
        .contains("ray-dispatch", "ray-chunked", "ray-metg", "reprise bench ray\n");
  }

  @Test
  void named_spark_areThoseThatNeedItAndTheUsualOnesAreNot() {
    assertThat(Catalogue.named(List.of()))
        .hasSize(19)
        .noneMatch(ratio -> ratio.target().name().startsWith("spark"))
        .noneMatch(ratio -> ratio.target().name().startsWith("ray"));
    assertThat(Catalogue.named(List.of("spark", "no-op")))
        .extracting(ratio -> ratio.target().name())
        .containsExactly(
            "no-op",
            "spark-first",
            "spark-cached",
            "spark-small-units",
            "spark-metg",
            "spark-read-back");
    assertThat(Catalogue.named(List.of("spark-metg"))).hasSize(1);
  }

  @Test
  void named_ray_areThoseThatNeedIt() {
    assertThat(Catalogue.named(List.of("ray")))
        .extracting(ratio -> ratio.target().name())
        .containsExactly("ray-dispatch", "ray-chunked", "ray-metg");
  }

  @Test
  void help_ofTheLauncher_namesBench() {
    assertThat(run("help")).isZero();
    assertThat(out.toString(UTF_8)).containsPattern("\n  bench +measures ");
  }
}

package dev.reprise.cli.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Driver;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cli.testing.CommandLab;
import dev.reprise.cli.testing.CommandLab.Ran;
import dev.reprise.cli.testing.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.SeekableReadChannel;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultCommandTest {
  private static final String CSV =
      """
      origin,flights,mean_delay
      ATL,1204,7.25
      "O""Hare, jan",9,
      "",,-0.5
      """;

  @TempDir static Path made;
  private static String first = "";

  @TempDir Path folder;
  private CommandLab lab;
  private String run = first;

  @BeforeAll
  static void make() throws Exception {
    first = runSample(made, Parameters.NONE);
  }

  @BeforeEach
  void prepare() throws IOException {
    lab = new CommandLab(folder);
    lab.copyHome(made);
  }

  private static String runSample(Path home, Parameters given) throws Exception {
    try (Driver driver = Driver.open(home)) {
      var run = driver.submit(Pipeline.define("sample", Sample::define, given));
      run.await();
      return run.id();
    }
  }

  private String brief() {
    return run.substring(run.length() - 4);
  }

  @Test
  void result_table_isTextInColumns() {
    Ran ran = lab.run("result", "delays:0");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            origin       flights  mean_delay
            ATL             1204        7.25
            O"Hare, jan        9
                                        -0.5
            """);
  }

  @Test
  void result_tableAsCsv_hasHeaderQuotesAndNullsApartFromEmptyText() {
    assertThat(lab.run("result", "delays:0", "--format", "csv").out()).isEqualTo(CSV);
  }

  @Test
  void result_tableAsJson_isAnObjectALine() {
    assertThat(lab.run("result", "delays:0", "--format", "json").out())
        .isEqualTo(
            """
            {"origin":"ATL","flights":1204,"mean_delay":7.25}
            {"origin":"O\\"Hare, jan","flights":9,"mean_delay":null}
            {"origin":"","flights":null,"mean_delay":-0.5}
            """);
  }

  @ParameterizedTest
  @CsvSource({"nowhere/x, there is no folder", ".reprise, is a folder; name a file"})
  void result_outputThatCannotBe_exitsWithTwoAndSaysWhy(String file, String message) {
    Ran ran = lab.run("result", "delays", "--format", "arrow", "--output", file);

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith("--output " + folder.resolve(file))
        .contains(message)
        .doesNotContain("Exception");
  }

  @Test
  void result_partitions_areOneTableInTheirOrder() {
    assertThat(lab.run("result", "by-month", "--format", "csv").out())
        .isEqualTo(CSV + CSV.replace("jan", "feb").substring(CSV.indexOf('\n') + 1));
  }

  @Test
  void result_tableAsArrow_isAFileWithAllPartitions() throws IOException {
    Ran ran = lab.run("result", "delays", "--format", "arrow");

    assertThat(ran.err()).isEmpty();
    try (RootAllocator allocator = new RootAllocator();
        ArrowFileReader reader =
            new ArrowFileReader(
                new SeekableReadChannel(new ByteArrayReadableSeekableByteChannel(ran.bytes())),
                allocator)) {
      assertThat(reader.getVectorSchemaRoot().getSchema()).isEqualTo(Sample.columns());
      int rows = 0;
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
      assertThat(rows).isEqualTo(6);
    }
  }

  @Test
  void result_text_isAsItIs() {
    assertThat(lab.run("result", "text").out()).isEqualTo("best: ATL\nworst: 2\n");
    assertThat(lab.run("result", "report", "--format", "json").out())
        .isEqualTo("\"best: ATL\\nworst: 2\\n\"\n");
    assertThat(lab.run("result", "after").out()).isEqualTo("after fine");
  }

  @Test
  void result_textAtATerminal_endsItsLine() {
    lab.terminal = true;

    assertThat(lab.run("result", "after").out()).isEqualTo("after fine\n");
  }

  @Test
  void result_object_isReadableJson() {
    assertThat(lab.run("result", "model").out())
        .isEqualTo(
            """
            {
              "name" : "linear",
              "score" : 0.25,
              "layers" : [ 3, 1 ],
              "note" : null
            }
            """);
    assertThat(lab.run("result", "figures", "--format", "json").out())
        .isEqualTo("{\"pi\":3.1400}\n");
  }

  @Test
  void result_elementsOfAFanOut_followEachOther() {
    assertThat(lab.run("result", "months", "--format", "json").out())
        .isEqualTo("\"jan\"\n\"feb\"\n");
    assertThat(lab.run("result", "months:1").out()).isEqualTo("feb");
  }

  @Test
  void result_namedPart_isThatPart() {
    assertThat(lab.run("result", "right").out()).isEqualTo("r");
  }

  @Test
  void result_bytesAndFiles_areAsTheyAre() {
    assertThat(lab.run("result", "picture").bytes()).isEqualTo(Sample.draw());
    assertThat(lab.run("result", "file").out()).isEqualTo("in a file\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"picture", "file", "delays --format arrow"})
  void result_bytesAtATerminal_areRefusedWithTheWayOut(String arguments) {
    lab.terminal = true;

    Ran ran = lab.run(("result " + arguments).split(" "));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.bytes()).isEmpty();
    assertThat(ran.err())
        .isEqualTo(
            "'%s' comes as bytes, which a terminal does not show; name a file with --output, or pipe it\n"
                .formatted(arguments.split(" ")[0]));
  }

  @Test
  void output_file_isWrittenAndNothingElse() throws IOException {
    lab.terminal = true;
    Files.writeString(folder.resolve("out.csv"), "old");

    String[] command = {"result", "delays:0", "--format", "csv", "--output", "out.csv"};
    Ran refused = lab.run(command);
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualTo(
            "--output %s: there is such a file already; name another, or have it replaced with --replace\n"
                .formatted(folder.resolve("out.csv")));
    assertThat(folder.resolve("out.csv")).hasContent("old");

    Ran ran =
        lab.run(Stream.concat(Stream.of(command), Stream.of("--replace")).toArray(String[]::new));

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).isEmpty();
    assertThat(folder.resolve("out.csv")).hasContent(CSV);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(".reprise", "out.csv");
    }
  }

  @Test
  void output_linkToNothing_staysUnlessItIsToBeReplaced() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("out.csv"), folder.resolve("gone"));
    String[] command = {"result", "delays:0", "--output", "out.csv"};

    Ran refused = lab.run(command);

    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualTo(
            "--output %s: this is a link to %s, which is not there or cannot be looked at; name another, or have the link replaced with --replace\n"
                .formatted(link, folder.resolve("gone")));
    assertThat(link).isSymbolicLink();

    lab.run(Stream.concat(Stream.of(command), Stream.of("--replace")).toArray(String[]::new));

    assertThat(link).isRegularFile().hasContent(CSV);
    assertThat(folder.resolve("gone")).doesNotExist();
  }

  @Test
  void output_withoutFormat_hasTheOneThatTheNameEndsIn() throws IOException {
    assertThat(lab.run("result", "delays:0", "--output", "out.CSV").exit()).isZero();
    assertThat(lab.run("result", "delays:0", "--output", "out").exit()).isZero();

    assertThat(folder.resolve("out.CSV")).hasContent(CSV);
    assertThat(Files.readString(folder.resolve("out"))).isNotEqualTo(CSV);
  }

  @Test
  void output_resultCannotBeWritten_fileStaysAsItWas() throws IOException {
    Files.writeString(folder.resolve("out.csv"), "old");

    Ran ran = lab.run("result", "text", "--format", "csv", "--output", "out.csv", "--replace");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo("'text' is a String, which has no form csv; leave --format out\n");
    assertThat(folder.resolve("out.csv")).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void output_deviceIsFull_isNoSuccessAndSaysSo() {
    Ran ran = lab.run("result", "long", "--output", "/dev/full");

    assertThat(ran.exit()).isEqualTo(74);
    assertThat(ran.err())
        .isEqualTo(
            "--output /dev/full cannot be written: No space left on device; free some space there,"
                + " or name another file\n");
  }

  @Test
  void result_partitionOfANamedPart_isRefused() {
    Ran ran = lab.run("result", "right:left");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isEqualTo("'right' is one value and has no partition 'left'\n");
  }

  @Test
  void output_device_isWrittenAndStays() {
    assertThat(lab.run("result", "text", "--output", "/dev/null").exit()).isZero();
    assertThat(Path.of("/dev/null"))
        .exists()
        .isNotEqualTo(Files.isRegularFile(Path.of("/dev/null")));
  }

  @Test
  void result_parquetWithoutDriver_saysWhatIsMissing() {
    Ran ran = lab.run("result", "delays", "--format", "parquet", "--output", "out.parquet");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo(
            "Parquet is written with DuckDB, whose JDBC driver is not on the class path: add"
                + " org.duckdb:duckdb_jdbc, or use --format arrow or csv\n");
  }

  // ---- what is not there ------------------------------------------------------------------------

  @Test
  void result_unknownName_namesTheNearestAndAll() {
    Ran ran = lab.run("result", "delay");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo(
            "run %s of pipeline 'sample' has no result or step 'delay' (it has text, by-month, model, right, picture, file, figures, long, bulky, after, months, delays, report, train, halves, draw, save, lines, fragile); did you mean 'delays'?\n"
                .formatted(brief()));
  }

  @Test
  void result_unknownPartition_saysHowManyThereAre() {
    Ran ran = lab.run("result", "delays:7");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isEqualTo("'delays' has no partition '7' (it has 2, from 0)\n");
  }

  @Test
  void run_unknown_namesTheLatest() {
    Ran ran = lab.run("result", "text", "--run", "0000nope");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith("no run '0000nope' in ")
        .endsWith("the latest is " + run + "\n");
  }

  @Test
  void run_noneYet_saysSo() {
    Ran ran = lab.run("result", "text", "--home", "empty");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).startsWith("there are no runs in " + folder.resolve("empty/runs"));
    assertThat(folder.resolve("empty")).doesNotExist();
  }

  @Test
  void format_unknown_isRefused() {
    Ran ran = lab.run("result", "text", "--format", "xls");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo("--format cannot be 'xls', wanted one of csv, json, arrow, parquet, text\n");
  }

  @Test
  void result_stepFailed_saysWhy() throws Exception {
    run = runSample(folder.resolve(".reprise"), Parameters.NONE.with("broken", "true"));

    Ran failed = lab.run("result", "fragile");
    Ran skipped = lab.run("result", "after");

    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.err())
        .startsWith("no result of 'fragile' in run " + brief() + ", it failed")
        .contains("no such airport: XYZ");
    assertThat(skipped.exit()).isEqualTo(1);
    assertThat(skipped.err())
        .isEqualTo(
            "no result of 'after' in run %s, it was skipped: UPSTREAM_FAILED(fragile); 'reprise runs show %s' tells more\n"
                .formatted(brief(), brief()));
    assertThat(lab.run("result", "after", "--run", first).out()).isEqualTo("after fine");
  }

  // ---- what is damaged --------------------------------------------------------------------------

  @Test
  void result_indexGone_comesFromJournalAndStore() throws IOException {
    delete(folder.resolve(".reprise/index"));

    assertThat(lab.run("result", "text").out()).isEqualTo("best: ATL\nworst: 2\n");
  }

  @Test
  void result_tooBulkyForTheJournal_comesFromTheIndex() {
    assertThat(lab.run("result", "bulky:7").out()).isEqualTo(Sample.bulky().get(7));
  }

  @Test
  void result_tooBulkyForTheJournalAndIndexGone_saysHowToGetItBack() throws IOException {
    delete(folder.resolve(".reprise/index"));

    Ran ran = lab.run("result", "bulky");

    assertThat(ran.exit()).isEqualTo(6);
    assertThat(ran.err())
        .startsWith(
            "the result of 'bulky' in run " + brief() + " is not kept any more (cache entry ")
        .endsWith(" is gone or another); another run of 'sample' makes it again\n");
  }

  @Test
  void result_largeText_comesFromTheStore() {
    assertThat(lab.run("result", "long").out()).isEqualTo(Sample.lines());
  }

  @Test
  void result_oneBitOfItsBlobFlipped_isRefusedAndNothingIsWritten() throws IOException {
    Path blob = blob();
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length / 2] ^= 1;
    blob.toFile().setWritable(true);
    Files.write(blob, bytes);

    Ran ran = lab.run("result", "long", "--output", "out.txt");

    assertThat(ran.exit()).isEqualTo(6);
    assertThat(ran.err())
        .startsWith("the result of 'long': ")
        .contains(blob.getFileName().toString())
        .endsWith(
            "; another run of 'sample' makes it again, 'reprise cache verify' finds all that is damaged\n");
    assertThat(folder.resolve("out.txt")).doesNotExist();
  }

  @Test
  void result_blobDeleted_isSaid() throws IOException {
    Files.delete(blob());

    Ran ran = lab.run("result", "lines");

    assertThat(ran.exit()).isEqualTo(6);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("another run of 'sample' makes it again");
  }

  private Path blob() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(".reprise/store/blobs"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

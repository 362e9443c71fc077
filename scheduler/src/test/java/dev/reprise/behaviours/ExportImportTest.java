package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.task.NamedCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries that are carried from one home to another in a file. */
class ExportImportTest {
  private static final NamedCache PRICES = new NamedCache("prices");
  private static final AtomicInteger COUNT = new AtomicInteger();

  @TempDir Path folder;
  private CliLab here;
  private CliLab there;
  private String file;

  static byte[] large(String of) {
    Bodies.ran("large");
    byte[] bytes = new byte[300_000];
    Arrays.fill(bytes, (byte) of.charAt(0));
    return bytes;
  }

  static int length(byte[] of) {
    Bodies.ran("length");
    return of.length;
  }

  static String price(String of) {
    Bodies.ran("price");
    return of + Bodies.class.getName();
  }

  static int random(String of) {
    Bodies.ran("random");
    return COUNT.incrementAndGet();
  }

  private static void define(Pipeline.Builder p) {
    var large = p.step("large", task(ExportImportTest::large), p.value("a"));
    p.result("length", p.step("length", task(ExportImportTest::length), large));
    p.step("price", task(ExportImportTest::price).keptIn(PRICES, "price"), p.value("x"));
  }

  @BeforeEach
  void begin() throws IOException {
    here = lab("here");
    there = lab("there");
    file = folder.resolve("export.zip").toString();
    Bodies.take();
  }

  private CliLab lab(String name) throws IOException {
    return new CliLab(Files.createDirectory(folder.resolve(name)))
        .with("p", ExportImportTest::define)
        .with("q", q -> q.step("random", task(ExportImportTest::random), q.value("x")));
  }

  private static Ran run(CliLab lab, int exit, String line) {
    Ran ran = lab.run(line.split(" "));
    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(exit);
    return ran;
  }

  private static List<String> bodies(CliLab lab, String line) {
    Bodies.take();
    run(lab, 0, line);
    return Bodies.take();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void import_runOfAnotherHome_isFoundThereAndToldWhereFrom() throws IOException {
    assertThat(bodies(here, "run p")).hasSize(3);
    assertThat(run(here, 0, "cache export --run latest --to " + file).out())
        .contains("exported 3 entries, 293 KiB of blobs, to " + file)
        .contains("0 expired, 0 damaged");
    assertThat(files()).containsExactly("export.zip", "here", "there");

    assertThat(run(there, 0, "cache import " + file + " --dry-run").out())
        .contains("would import 3 entries to default/default, exported by ")
        .contains("large");
    assertThat(run(there, 0, "cache ls").out()).contains("no entries");
    assertThat(run(there, 0, "cache import " + file).out())
        .contains("imported 3 entries to default/default", "0 there already");
    assertThat(bodies(there, "run p")).isEmpty();
    assertThat(run(there, 0, "cache verify").err()).isEmpty();
    String key =
        run(there, 0, "cache ls --step large --output json")
            .out()
            .replaceFirst("(?s).*?\"key\" : \"([0-9a-f]+)\".*", "$1");
    assertThat(run(there, 0, "cache show " + key).out())
        .containsPattern("imported +20.*, from default/default; exported by .+ on .+ at 20");
    assertThat(run(there, 0, "cache show --output json " + key).out())
        .contains("\"exported_by\"", "\"exported_from\" : \"default/default\"", "\"imported\"");
    assertThat(run(here, 0, "cache show " + key).out()).doesNotContain("imported");

    assertThat(run(there, 0, "cache import " + file).out())
        .contains("imported 0 entries", "3 there already");
    run(there, 0, "cache rebuild --anew");
    assertThat(bodies(there, "run p")).doesNotContain("large");
  }

  @Test
  void import_namedCacheIntoAnotherScope_isItsAlone() {
    bodies(here, "run p");
    assertThat(run(here, 0, "cache export --named prices --to " + file + " --output json").out())
        .contains("\"exported\" : 1", "\"named_cache\" : \"prices\"", "\"written\" : true");
    String prod = " --conf environment=prod --conf project=shop";

    String json = run(there, 0, "cache import " + file + prod + " --output json").out();

    assertThat(json)
        .contains("\"imported\" : 1", "\"to\" : \"shop/prod\"", "\"differing\" : [ ]")
        .contains("\"exported_from\" : \"default/default\"");
    assertThat(run(there, 0, "cache names" + prod).out()).contains("prices");
    assertThat(bodies(there, "run p" + prod)).containsExactly("large", "length");
    assertThat(bodies(there, "run p")).hasSize(3);
    assertThat(run(here, 2, "cache export --named price --replace --to " + file).err())
        .contains("did you mean 'prices'");
  }

  @Test
  void export_nothingToWrite_isRefusedAndThereIsNoFile() throws IOException {
    bodies(here, "run p");
    assertThat(run(here, 2, "cache export --to " + file).err()).contains("say which entries");
    assertThat(run(here, 2, "cache export --step lrge --to " + file).err())
        .contains("no such entries; nothing was exported; did you mean 'large'?");
    run(here, 2, "cache export --step large");
    assertThat(run(here, 2, "cache export --step large --to " + folder).err())
        .contains("is no file; name another");
    assertThat(run(here, 2, "cache export --step large --to " + folder + "/no/x.zip").err())
        .contains("there is no folder");
    assertThat(run(here, 0, "cache export --step large --dry-run --to " + file).out())
        .contains("would export 1 entry, 293 KiB of blobs");
    assertThat(files()).containsExactly("here", "there");
  }

  @Test
  void export_fileIsThere_staysUnlessItIsToBeReplaced() throws IOException {
    bodies(here, "run p");
    Path mine = Files.writeString(Path.of(file), "mine");
    String refusal = "--to " + file + ": there is such a file already; name another, or";
    assertThat(run(here, 2, "cache export --step large --to " + file).err())
        .contains("error: " + refusal, "--replace");
    Ran dry = run(here, 0, "cache export --step large --dry-run --to " + file);
    assertThat(dry.out()).contains("would export 1 entry, 293 KiB of blobs");
    assertThat(dry.err()).as("what it would come to").contains("warning: " + refusal);
    assertThat(run(here, 0, "cache export --step large --dry-run --output json --to " + file).out())
        .containsPattern("\"refused\" ?: ?\"--to [^\"]+ there is such a file already");
    assertThat(run(here, 0, "cache export --step large --dry-run --replace --to " + file).err())
        .isEmpty();
    assertThat(mine).hasContent("mine");
    assertThat(run(here, 2, "cache export --replace --step lrge --to " + file).err())
        .contains("no such entries");
    assertThat(mine).as("an export that comes to nothing leaves it").hasContent("mine");
    run(here, 0, "cache export --replace --step large --to " + file);
    assertThat(run(there, 0, "cache import " + file).out()).contains("imported 1 entry");
    Files.write(mine, new byte[0]);
    run(here, 0, "cache export --step large --to " + file);
    assertThat(mine).as("nothing was lost").isNotEmptyFile();
    assertThat(files())
        .as("nothing is left beside it")
        .containsExactly("export.zip", "here", "there");
  }

  @Test
  void export_damagedBlob_isLeftOutWithExit6() throws IOException {
    bodies(here, "run p");
    Path blob;
    try (Stream<Path> all = Files.walk(folder.resolve("here"))) {
      blob =
          all.filter(each -> Files.isRegularFile(each) && each.toString().contains("/blobs/"))
              .findAny()
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(blob);
    bytes[1000] ^= 1;
    Files.write(blob, bytes);

    Ran ran = run(here, 6, "cache export --pipeline p --to " + file);

    assertThat(ran.out()).contains("exported 2 entries", "1 damaged");
    assertThat(ran.err())
        .contains("warning: entry ", " of 'large': ")
        .contains("next: 'reprise cache verify --repair' removes what is damaged");
    assertThat(run(there, 0, "cache import " + file).out()).contains("imported 2 entries");
    assertThat(run(here, 6, "cache export --step large --to " + folder + "/b.zip").out())
        .contains("wrote no file");
    assertThat(files()).doesNotContain("b.zip");
    run(here, 0, "cache verify --repair");
    run(here, 0, "cache export --replace --pipeline p --to " + file);
  }

  @Test
  void export_blobsInAFartherStoreAlone_areInTheFile() throws IOException {
    bodies(here, "run p");
    Path store = folder.resolve("here/.reprise/store");
    copy(store, folder.resolve("far"));
    try (Stream<Path> all = Files.walk(store.resolve("blobs"))) {
      for (Path blob : all.filter(Files::isRegularFile).toList()) {
        Files.delete(blob);
      }
    }

    assertThat(run(here, 6, "cache export --pipeline p --to " + file).out())
        .contains("exported 2 entries");
    String far = " --conf stores=" + folder.resolve("far");
    assertThat(run(here, 0, "cache export --replace --pipeline p --to " + file + far).out())
        .contains("exported 3 entries, 293 KiB of blobs");
    run(there, 0, "cache import " + file);
    assertThat(bodies(there, "run p")).isEmpty();
  }

  @Test
  void import_homeWithAStoreThatKeepsCopies_waitsForThemAndTellsWhatIsLost() throws IOException {
    StoresTest.OwnStore.reset();
    bodies(here, "run p");
    run(here, 0, "cache export --pipeline p --to " + file);
    String own = " --conf stores=class:" + StoresTest.OwnStore.class.getName();

    run(there, 0, "cache import " + file + own);
    assertThat(StoresTest.OwnStore.BLOBS).isNotEmpty();

    StoresTest.OwnStore.reset();
    StoresTest.OwnStore.full = true;
    assertThat(run(lab("elsewhere"), 0, "cache import " + file + own).err())
        .contains("warning: the store class:", "not copied to the store class:");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }

  @Test
  void import_whatIsNoWholeExport_changesNothingAndSaysWhy() throws IOException {
    bodies(here, "run p");
    run(here, 0, "cache export --pipeline p --to " + file);
    byte[] whole = Files.readAllBytes(Path.of(file));

    Files.write(Path.of(file), Arrays.copyOf(whole, whole.length / 2));
    assertThat(run(there, 6, "cache import " + file).err())
        .contains("cannot be imported: it is damaged or not all of it is there")
        .contains("nothing was changed, export it once more");
    Files.writeString(Path.of(file), "hello");
    assertThat(run(there, 2, "cache import " + file).err())
        .contains("it is no file of exported entries; nothing was changed");
    assertThat(run(there, 2, "cache import " + file + "x").err()).contains("there is no file");
    run(there, 2, "cache import");
    assertThat(folder.resolve("there/.reprise")).doesNotExist();
  }

  @Test
  void import_otherResultUnderTheKey_staysUnlessReplaced() {
    bodies(here, "run q");
    run(here, 0, "cache export --step random --to " + file);
    bodies(there, "run q");
    String own = run(there, 0, "cache ls --output json").out();

    Ran kept = run(there, 0, "cache import " + file);

    assertThat(kept.out()).contains("imported 0 entries");
    assertThat(kept.err())
        .contains("default/default has other results under 1 of these keys", "--replace", "random");
    assertThat(run(there, 0, "cache ls --output json").out()).isEqualTo(own);
    assertThat(run(there, 0, "cache import --replace --dry-run " + file).out())
        .contains("would import 1 entry");
    run(there, 0, "cache import --replace " + file);
    assertThat(run(there, 0, "cache ls --output json").out())
        .isEqualTo(run(here, 0, "cache ls --output json").out());
    assertThat(bodies(there, "run q")).isEmpty();
  }

  @Test
  void import_allIsThereAlready_needsNoRoom() throws IOException {
    bodies(here, "run p");
    run(here, 0, "cache export --run latest --to " + file);
    run(there, 0, "cache import " + file);
    long most = Files.getFileStore(folder).getTotalSpace();

    assertThat(
            run(there, 0, "cache import " + file + " --conf store-free-space-floor=" + most).out())
        .contains("3 there already");
  }
}

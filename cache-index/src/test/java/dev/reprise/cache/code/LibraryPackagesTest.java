package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A package of a library counts as it is loaded, wherever its classes lie. */
class LibraryPackagesTest {
  private static final Program PROGRAM =
      Program.of("class Delays { static int task() { return org.tool.Tool.use(); } }");
  private static final Program TOOL =
      Program.of(
          "package org.tool; public class Tool { public static int use() { return Part.x(); } }");
  private static final Program PART =
      Program.of("package org.tool; public class Part { public static int x() { return 11; } }");

  @TempDir private Path folder;
  private int folders;

  private Path compile(Program program) throws IOException {
    return program.compile(folder.resolve("c" + folders++));
  }

  private static CodeFingerprint of(Path... places) {
    return Program.fingerprint(CodeHints.NONE, places);
  }

  @Test
  void closure_packageOverTwoRoots_countsWithBoth() throws Exception {
    Path part = compile(PART);
    Path tool = compile(TOOL.using(part));
    Path classes = compile(PROGRAM.using(tool));

    CodeFingerprint before = of(classes, tool, part);

    assertThat(of(classes, tool, compile(PART.edit("11", "12")))).isNotEqualTo(before);
    Path fat = Program.jar(folder.resolve("fat.jar"), new Manifest(), classes, tool, part);
    assertThat(of(fat)).isEqualTo(before);
  }

  @Test
  void closure_classHiddenByOneInFront_theOneInFrontCounts() throws Exception {
    Path part = compile(PART);
    Path library = folder.resolve("library.jar");
    Program.jar(library, new Manifest(), part, compile(TOOL.using(part)));
    Path classes = compile(PROGRAM.using(library));
    Path patched = compile(PART.edit("11", "12"));

    CodeFingerprint before = of(patched, classes, library);

    assertThat(of(compile(PART.edit("11", "13")), classes, library)).isNotEqualTo(before);
    assertThat(of(classes, library, patched)).isNotEqualTo(before).isEqualTo(of(classes, library));
    Path hidden = folder.resolve("hidden.jar");
    Program.jar(hidden, new Manifest(), compile(PART.edit("11", "14")), compile(TOOL.using(part)));
    assertThat(of(patched, classes, hidden)).isEqualTo(before);
  }

  /** As in a jar within a jar, which cannot be listed. */
  @Test
  void closure_placeThatCannotBeListed_classesThatAreNamedCount() throws Exception {
    Path part = compile(PART);
    Path tool = compile(TOOL.using(part));
    Path classes = compile(PROGRAM.using(tool));

    CodeFingerprint before = unlisted(classes, tool, part);

    assertThat(unlisted(classes, tool, compile(PART.edit("11", "12")))).isNotEqualTo(before);
  }

  @Test
  void closure_ownClassThatALibraryNames_bringsTheLibrariesBehindIt() throws Exception {
    Program deep =
        Program.of("package org.deep; public class Deep { public static int x() { return 11; } }");
    Path deepest = compile(deep);
    Path base =
        compile(
            Program.of(
                    "package org.base; public interface Base { int h(); static int g() { return org.deep.Deep.x(); } }")
                .using(deepest));
    Path api = compile(Program.of("public interface Api extends org.base.Base {}").using(base));
    Path first =
        compile(
            Program.of(
                    "package org.first; public class First { public static int go(Object o) { return ((com.acme.Api) o).h(); } }")
                .using(api, base));
    Path classes =
        compile(
            Program.of(
                    "class Delays { static int task(String s) { return org.first.First.go(s); } }")
                .using(first));

    CodeFingerprint before = of(classes, first, api, base, deepest);

    assertThat(of(classes, first, api, base, compile(deep.edit("11", "12")))).isNotEqualTo(before);
  }

  /** The fingerprint as seen by a loader whose places say nothing of what else is in them. */
  private static CodeFingerprint unlisted(Path... places) throws Exception {
    try (URLClassLoader files = Program.loader(places);
        ClassSource source = ClassSource.of(new Opaque(files))) {
      return new CodeFingerprinter(source).closure(Program.task(files));
    }
  }

  private static final class Opaque extends ClassLoader {
    Opaque(ClassLoader files) {
      super(files);
    }

    @Override
    public @Nullable URL getResource(String name) {
      URL found = super.getResource(name);
      if (found == null || !found.getProtocol().equals("file")) {
        return found;
      }
      URLStreamHandler handler =
          new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) throws IOException {
              return found.openConnection();
            }
          };
      try {
        return new URL("opaque", "", -1, found.getPath(), handler);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}

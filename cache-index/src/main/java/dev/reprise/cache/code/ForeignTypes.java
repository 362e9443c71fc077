package dev.reprise.cache.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The methods of types that are not own code, for which an own class may have its own answer. */
final class ForeignTypes {
  private static final int HEADER =
      ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES;

  private final JdkClasses jdk;
  private final ClassSource source;
  private final Map<String, Overridable> known = new HashMap<>();

  /**
   * The methods of a type, inherited ones included.
   *
   * @param signatures name and descriptor of each
   * @param complete false if a type is not there, so that it may have any method
   * @param folders packages of the classes that were read, the JDK left out
   */
  record Overridable(Set<String> signatures, boolean complete, Set<String> folders) {
    boolean mayHave(String signature) {
      return !complete || signatures.contains(signature);
    }
  }

  ForeignTypes(JdkClasses jdk, ClassSource source) {
    this.jdk = jdk;
    this.source = source;
  }

  /** The methods that a subclass of all these types can override. */
  Overridable overridable(Set<String> types) {
    Overridable all = new Overridable(new HashSet<>(), true, new HashSet<>());
    for (String type : types) {
      Overridable each = known.get(type);
      if (each == null) {
        each = read(type);
        known.put(type, each);
      }
      all.signatures().addAll(each.signatures());
      all.folders().addAll(each.folders());
      all = new Overridable(all.signatures(), all.complete() && each.complete(), all.folders());
    }
    return all;
  }

  private Overridable read(String type) {
    try {
      boolean inJdk = jdk.contains(type);
      byte[] bytes = inJdk ? jdk.read(type) : source.read(Names.classFile(type));
      Header header = new Header();
      if (bytes != null) {
        ClassFiles.read(bytes, type, reader -> reader.accept(header, HEADER));
      }
      Overridable inherited = overridable(header.supertypes);
      inherited.signatures().addAll(header.methods);
      if (!inJdk) {
        inherited.folders().add(Names.folder(type));
      }
      return new Overridable(
          inherited.signatures(), inherited.complete() && bytes != null, inherited.folders());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static final class Header extends ClassVisitor {
    private final Set<String> supertypes = new HashSet<>();
    private final Set<String> methods = new HashSet<>();

    Header() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        @Nullable String signature,
        @Nullable String superName,
        String @Nullable [] interfaces) {
      if (superName != null) {
        supertypes.add(superName);
      }
      if (interfaces != null) {
        Collections.addAll(supertypes, interfaces);
      }
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      int fixed = Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL;
      if ((access & fixed) == 0 && !name.startsWith("<")) {
        methods.add(name + descriptor);
      }
      return null;
    }
  }
}

package io.lastmile.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** A source file as the compiler's parser sees it: its types and methods, with their lines. */
record ParsedSource(Path file, CompilationUnitTree unit, Trees trees, List<String> lines) {
    /** Parses the files, without resolving a name. */
    static List<ParsedSource> all(List<Path> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            Trees trees = Trees.instance(task);
            List<ParsedSource> sources = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                Path file = Path.of(unit.getSourceFile().toUri());
                sources.add(
                        new ParsedSource(
                                file, unit, trees, SourceTree.text(file).lines().toList()));
            }
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The path below the repository's folder. */
    String name() {
        return SourceTree.name(file);
    }

    /** Whether this is no test. */
    boolean isMain() {
        return name().contains("/src/main/");
    }

    /** All types, nested ones too. */
    List<ClassTree> types() {
        List<ClassTree> types = new ArrayList<>();
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                types.add(type);
                return super.visitClass(type, null);
            }
        }.scan(unit, null);
        return types;
    }

    /** All methods and constructors. */
    List<MethodTree> methods() {
        List<MethodTree> methods = new ArrayList<>();
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
                methods.add(method);
                return super.visitMethod(method, null);
            }
        }.scan(unit, null);
        return methods;
    }

    /** The line on which the tree begins, from 1. */
    int firstLine(Tree tree) {
        return line(trees.getSourcePositions().getStartPosition(unit, tree));
    }

    /** The line on which the tree ends, from 1. */
    int lastLine(Tree tree) {
        return line(trees.getSourcePositions().getEndPosition(unit, tree));
    }

    /** The first lines of the file. */
    String textBefore(int line) {
        return String.join("\n", lines.subList(0, Math.min(line, lines.size())));
    }

    /** A method's first lines, with the comment that stands before it. */
    String textAround(MethodTree method) {
        int from = Math.max(0, firstLine(method) - 8);
        int to = Math.min(lines.size(), firstLine(method) + 5);
        return String.join("\n", lines.subList(from, to));
    }

    /** The Javadoc of a type, empty where there is none. */
    String javadoc(ClassTree type) {
        List<String> found = new ArrayList<>();
        new TreePathScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree visited, @Nullable Void nothing) {
                TreePath path = getCurrentPath();
                String comment = trees.getDocComment(path);
                if (visited == type && comment != null) {
                    found.add(comment);
                }
                return super.visitClass(visited, null);
            }
        }.scan(unit, null);
        return String.join("", found);
    }

    private int line(long position) {
        return position < 0 ? 0 : (int) unit.getLineMap().getLineNumber(position);
    }
}

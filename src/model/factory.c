#include "model/factory.h"

static const char *const format_names[] = { "full_content", "unified_diff" };

#define F struct file_output
static const struct field file_output_fields[] = {
	F_STR(F, path, "filePath", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_TEXT, "Path below the workspace."),
	F_STR(F, contents, "fileContents", FIELD_REQUIRED, 0, BLOCK_MAX_BYTES, FMT_TEXT, "All of the file, or the diff."),
	F_STR(F, purpose, "filePurpose", 0, 0, REASON_MAX_BYTES, FMT_TEXT, "What the file is for."),
	F_ENUM(F, format, "format", 0, format_names, FORMAT__MAX, "full_content", "What fileContents is."),
	F_END
};
#undef F

const struct contract file_output_contract = {
	.name = "FileOutput", .size = sizeof(struct file_output),
	.fields = file_output_fields, .doc = "A file that an agent wrote.",
};

static const struct field phase_fields[] = {
	PHASE_IMPLEMENTATION_ROWS(struct phase_implementation, ),
	F_END
};

const struct contract phase_implementation_contract = {
	.name = "PhaseImplementation",
	.size = sizeof(struct phase_implementation),
	.fields = phase_fields, .doc = "What a phase produced.",
};

static const struct field concept_fields[] = {
	F_STR(struct file_concept, path, "path", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_TEXT, "Path below the workspace."),
	F_STR(struct file_concept, purpose, "purpose", FIELD_REQUIRED, 0, REASON_MAX_BYTES, FMT_TEXT, "What the file is for."),
	F_STR(struct file_concept, changes, "changes", 0, 0, REASON_MAX_BYTES, FMT_TEXT, "What changes in it; null: it is new."),
	F_END
};

const struct contract file_concept_contract = {
	.name = "FileConcept", .size = sizeof(struct file_concept),
	.fields = concept_fields, .doc = "A file that a phase plans.",
};

#define F struct file_to_fix
static const struct field to_fix_fields[] = {
	F_STR(F, path, "filePath", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_TEXT, "Path below the workspace."),
	F_FACTORY_STRS(F, issues, n_issues, "issues", "What is wrong in it."),
	F_BOOL(F, require_code_changes, "require_code_changes", "false", "It has to be edited."),
	F_END
};
#undef F

const struct contract file_to_fix_contract = {
	.name = "FileToFix", .size = sizeof(struct file_to_fix),
	.fields = to_fix_fields, .doc = "A file and what is wrong in it.",
};

static const struct field review_fields[] = {
	CODE_REVIEW_ROWS(struct code_review, ),
	F_END
};

const struct contract code_review_contract = {
	.name = "CodeReviewOutput", .size = sizeof(struct code_review),
	.fields = review_fields, .doc = "What a review found.",
};

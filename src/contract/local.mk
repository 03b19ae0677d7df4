noinst_LIBRARIES += src/contract/libcontract.a
src_contract_libcontract_a_SOURCES = \
	src/contract/contract.h \
	src/contract/csv.c src/contract/csv.h \
	src/contract/decode.c \
	src/contract/encode.c \
	src/contract/field.c src/contract/field.h \
	src/contract/format.c src/contract/format.h \
	src/contract/problem.c src/contract/problem.h \
	src/contract/query.c src/contract/query.h \
	src/contract/schema.c \
	src/contract/strict.c

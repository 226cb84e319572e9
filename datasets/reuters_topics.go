package datasets

import "slices"

// topics are in the order of the labels (Keras' get_label_names).
var topics = []string{
	"cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply",
	"coffee", "sugar", "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas",
	"cpi", "money-fx", "interest", "gnp", "meal-feed", "alum", "oilseed", "gold", "tin",
	"strategic-metal", "livestock", "retail", "ipi", "iron-steel", "rubber", "heat", "jobs",
	"lei", "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead",
}

// ReutersTopics are the names of the 46 topics; the index is the label.
func ReutersTopics() []string { return slices.Clone(topics) }

// ReutersWordIndex is the vocabulary of [Reuters], 30,979 words, from
// reuters_word_index.json in dir; an empty dir means the usual places.
func ReutersWordIndex(dir string) (*WordIndex, error) {
	return loadWordIndex(newSource(dir), "reuters_word_index.json")
}
